// How findings are drawn: what a feature is says `draw`, how grave it is `severity`; each has a shape besides its colour.

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const is = (...draws) => ["in", ["get", "draw"], ["literal", draws]];
const EMPTY = { type: "FeatureCollection", features: [] };
const NOTHING = ["==", ["get", "id"], ""];

export const SOURCES = ["shapes", "anchors"];
export const CHOSEN_LAYERS = ["chosen-fill", "chosen-line", "chosen-point"];
export const CLICKED_LAYERS = ["anchors", "finding-lines", "areas"];

// The colour of a finding by how grave it is; what is not graded is drawn in the colour of action.
function graded() {
  return ["match", ["get", "severity"], "error", token("--legal"), "block", token("--legal"),
    "warning", token("--warn-line"), "warn", token("--warn-line"), token("--action")];
}

function areas() {
  const area = ["==", ["geometry-type"], "Polygon"];
  return [
    { id: "units", type: "fill", source: "shapes", filter: ["all", area, is("unit")], paint: { "fill-color": token("--land") } },
    { id: "unit-edges", type: "line", source: "shapes", filter: is("unit"), paint: { "line-color": "#b9b9b4", "line-width": 0.7 } },
    { id: "areas", type: "fill", source: "shapes", filter: ["all", area, is("finding", "disputed", "unclaimed")], paint: { "fill-color": graded(), "fill-opacity": ["match", ["get", "draw"], "finding", 0.3, 0.04] } },
    { id: "disputed", type: "fill", source: "shapes", filter: ["all", area, is("disputed")], paint: { "fill-pattern": "hatch" } },
    { id: "unclaimed", type: "fill", source: "shapes", filter: ["all", area, is("unclaimed")], paint: { "fill-pattern": "dots" } },
    { id: "area-edges", type: "line", source: "shapes", filter: ["all", area, is("finding", "disputed", "unclaimed")], paint: { "line-color": graded(), "line-width": 0.8 } },
  ];
}

// The legal line is black dash-dot as on official maps, claims are red and blue lines of 0.3 mm.
function lines() {
  const line = (id, draw, color, width, dash) => ({
    id, type: "line", source: "shapes", filter: ["all", ["==", ["geometry-type"], "LineString"], is(draw)],
    paint: { "line-color": color, "line-width": width, ...(dash ? { "line-dasharray": dash } : {}) },
  });
  return [
    line("former", "former", "#9aa0a6", 0.8),
    line("legal", "legal", token("--ink"), 1.4, [5, 2, 1, 2]),
    line("handed-in", "handed_in", token("--ink-soft"), 1),
    line("side-a", "side_a", token("--claim-a"), 1.2),
    line("side-b", "side_b", token("--claim-b"), 1.2),
    line("finding-lines", "finding", graded(), 4),
  ];
}

function chosen() {
  return [
    { id: "chosen-fill", type: "fill", source: "shapes", filter: NOTHING, paint: { "fill-color": token("--halo"), "fill-opacity": 0.25 } },
    { id: "chosen-line", type: "line", source: "shapes", filter: NOTHING, paint: { "line-color": token("--halo"), "line-width": 9, "line-opacity": 0.55 } },
    { id: "chosen-point", type: "circle", source: "anchors", filter: NOTHING, paint: { "circle-radius": 16, "circle-color": token("--halo"), "circle-opacity": 0.6, "circle-stroke-color": token("--ink"), "circle-stroke-width": 1 } },
  ];
}

function symbols() {
  return [
    {
      id: "anchors", type: "symbol", source: "anchors",
      layout: {
        "icon-image": ["case", is("marker"), "marker", ["match", ["get", "severity"], "error", "error", "block", "error", "warning", "warning", "warn", "warning", "info"]],
        "icon-allow-overlap": true, "icon-padding": 0,
        "text-field": ["coalesce", ["get", "label"], ""], "text-font": ["Diming"], "text-size": 11, "text-optional": true,
        "text-variable-anchor-offset": ["literal", ["left", [1, 0], "right", [-1, 0], "top", [0, 0.9], "bottom", [0, -0.9]]],
        "symbol-sort-key": ["match", ["get", "severity"], "error", 2, "block", 2, "warning", 1, "warn", 1, 0],
      },
      paint: { "text-color": token("--ink"), "text-halo-color": "#ffffff", "text-halo-width": 1.4 },
    },
  ];
}

/** The MapLibre style of a map of findings, with the base map service where one is set. */
export function styleFor(basemap) {
  const sources = Object.fromEntries(SOURCES.map((name) => [name, { type: "geojson", data: EMPTY, tolerance: 0.1 }]));
  const ground = [{ id: "outside", type: "background", paint: { "background-color": basemap.url ? token("--outside") : token("--land") } }];
  if (basemap.url) {
    sources.basemap = { type: "raster", tiles: [basemap.url], tileSize: 256, maxzoom: Number(basemap.maxZoom) };
    ground.push({ id: "basemap", type: "raster", source: "basemap" });
  }
  return { version: 8, sources, layers: [...ground, ...areas(), ...chosen(), ...lines(), ...symbols()] };
}

const RATIO = 2;

function picture(map, name, size, draw) {
  const canvas = Object.assign(document.createElement("canvas"), { width: size * RATIO, height: size * RATIO });
  const context = canvas.getContext("2d");
  context.scale(RATIO, RATIO);
  draw(context, size);
  map.addImage(name, context.getImageData(0, 0, size * RATIO, size * RATIO), { pixelRatio: RATIO });
}

function outline(context, points, fill) {
  context.beginPath();
  points.forEach(([x, y], at) => (at ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.closePath();
  Object.assign(context, { fillStyle: fill, strokeStyle: token("--ink"), lineWidth: 1.2 });
  context.fill();
  context.stroke();
}

function strokes(context, color, segments) {
  Object.assign(context, { strokeStyle: color, lineWidth: 1 });
  for (const [x1, y1, x2, y2] of segments) {
    context.beginPath();
    context.moveTo(x1, y1);
    context.lineTo(x2, y2);
    context.stroke();
  }
}

/** Give `map` the shapes of grades (square, triangle, circle), of a marker, and the patterns of areas. */
export function addPictures(map) {
  picture(map, "error", 15, (c) => outline(c, [[1.5, 1.5], [13.5, 1.5], [13.5, 13.5], [1.5, 13.5]], token("--legal")));
  picture(map, "warning", 15, (c) => outline(c, [[7.5, 1], [14, 13.5], [1, 13.5]], token("--warn-line")));
  picture(map, "info", 13, (c) => {
    c.arc(6.5, 6.5, 5, 0, 2 * Math.PI);
    Object.assign(c, { fillStyle: token("--action-wash"), strokeStyle: token("--action"), lineWidth: 1.6 });
    c.fill();
    c.stroke();
  });
  picture(map, "marker", 11, (c) => outline(c, [[1.5, 1.5], [9.5, 1.5], [9.5, 9.5], [1.5, 9.5]], token("--paper")));
  picture(map, "hatch", 12, (c) => {
    strokes(c, token("--claim-a"), [[0, 12, 12, 0], [-3, 3, 3, -3], [9, 15, 15, 9]]);
    strokes(c, token("--claim-b"), [[0, 0, 12, 12], [9, -3, 15, 3], [-3, 9, 3, 15]]);
  });
  picture(map, "dots", 8, (c) => {
    c.fillStyle = token("--ink-faint");
    c.fillRect(1, 1, 1.6, 1.6);
    c.fillRect(5, 5, 1.6, 1.6);
  });
}
