// How the register is drawn: calm ground, black dash-dot legal lines with weight by level, names, a halo for the chosen.
// The values are those of tokens.css, read from the page so that there is one place to change them.

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// Dash-dot as on official maps, in line widths; weight falls with the level.
const BORDER = {
  province: { width: 1.3, dash: [5, 2, 1, 2] },
  prefecture: { width: 1.1, dash: [4, 2, 1, 2] },
  county: { width: 0.9, dash: [3, 2, 1, 2] },
};

// Where a name may stand: on its unit; beside it where it is a point, or a speck on a map of the
// country (square degrees: 香港, 澳门).
const TINY = 1;
const ON = ["literal", around(["center", "top", "bottom", "left", "right"], 0.5)];
const BESIDE = ["literal", around(["left", "top-left", "top-right", "right", "top", "bottom", "bottom-left", "bottom-right"], 0.6)];
// Below this zoom the map is one of the country: provinces have their short names, in smaller letters.
const COUNTRY_ZOOM = 5;

// Anchors with their offsets (in letters): the side of the name that the anchor is on keeps `distance` from the place.
function around(anchors, distance) {
  const shift = (anchor, low, high) => (anchor.includes(low) ? distance : anchor.includes(high) ? -distance : 0);
  return anchors.flatMap((anchor) => [anchor, [shift(anchor, "left", "right"), shift(anchor, "top", "bottom")]]);
}

const DOT = "dot";
const DOT_SIZE = 12;

const EMPTY = { type: "FeatureCollection", features: [] };
const SOURCES = ["context", "context-edges", "units", "edges", "labels", "points", "lines"];

function baseLayers(basemap) {
  const layers = [{ id: "outside", type: "background", paint: { "background-color": token("--outside") } }];
  if (basemap.url) layers.push({ id: "basemap", type: "raster", source: "basemap" });
  return layers;
}

function groundLayers(basemap) {
  const opacity = basemap.url ? 0.1 : 1;
  return [
    { id: "context-fill", type: "fill", source: "context", paint: { "fill-color": token("--land-past"), "fill-opacity": opacity } },
    { id: "units-fill", type: "fill", source: "units", paint: { "fill-color": token("--land"), "fill-opacity": opacity } },
    {
      id: "chosen-fill", type: "fill", source: "units", filter: ["==", ["get", "code"], ""],
      paint: { "fill-color": token("--halo"), "fill-opacity": 0.16 },
    },
  ];
}

// Outlines of the present under a view of the past: thin and grey, never a boundary of that time.
function contextLayers() {
  return [
    {
      id: "context-edges", type: "line", source: "context-edges",
      paint: { "line-color": "#b9b9b4", "line-width": 0.7 },
    },
  ];
}

function borderLayers(level) {
  const border = BORDER[level] ?? BORDER.county;
  return [
    {
      id: "edges-outer", type: "line", source: "edges", filter: ["==", ["get", "edge"], "outer"],
      paint: { "line-color": "#5b6570", "line-width": 0.8 },
    },
    {
      id: "edges-inner", type: "line", source: "edges", filter: ["==", ["get", "edge"], "inner"],
      paint: { "line-color": "#1a2027", "line-width": border.width, "line-dasharray": border.dash },
    },
    {
      id: "lines", type: "line", source: "lines", layout: { "line-cap": "butt" },
      paint: { "line-color": "#1a2027", "line-width": 2 },
    },
    {
      id: "chosen-halo", type: "line", source: "units", filter: ["==", ["get", "code"], ""],
      paint: { "line-color": token("--halo"), "line-width": 6, "line-opacity": 0.55 },
    },
    {
      id: "chosen-line", type: "line", source: "units", filter: ["==", ["get", "code"], ""],
      paint: { "line-color": "#1a2027", "line-width": 1.6 },
    },
  ];
}

function pointLayers() {
  return [
    {
      id: "chosen-point", type: "circle", source: "points", filter: ["==", ["get", "code"], ""],
      paint: { "circle-radius": 11, "circle-color": token("--halo"), "circle-opacity": 0.55 },
    },
  ];
}

function labelLayer(id, source, offset) {
  return {
    id, type: "symbol", source,
    layout: {
      "text-field": ["step", ["zoom"], ["coalesce", ["get", "short"], ["get", "name"]], COUNTRY_ZOOM, ["get", "name"]],
      "text-font": ["Diming"], "text-max-width": 9, "text-padding": ["step", ["zoom"], 0, COUNTRY_ZOOM, 2],
      "text-size": ["interpolate", ["linear"], ["zoom"], 2, 10.5, 3, 11, 5, 12, 7, 14],
      // The largest units are named where they are; the small ones find room round theirs.
      "symbol-sort-key": ["-", ["coalesce", ["get", "size"], 0]],
      "text-variable-anchor-offset": offset ? BESIDE : ["step", ["zoom"], ["case", ["<", ["get", "size"], TINY], BESIDE, ON], COUNTRY_ZOOM, ON],
      "text-justify": "auto",
    },
    paint: { "text-color": token("--ink"), "text-halo-color": "#ffffff", "text-halo-width": 1.4 },
  };
}

// The topmost symbols are placed first, so that no name covers the point of another unit.
function dotLayer() {
  return {
    id: "points", type: "symbol", source: "points",
    layout: {
      "icon-image": DOT, "icon-allow-overlap": true, "icon-padding": 0,
      "icon-size": ["interpolate", ["linear"], ["zoom"], 3, 0.6, 8, 1],
    },
  };
}

/** Give `map` the picture of a point: a ring of `DOT_SIZE` CSS pixels. */
export function addDot(map) {
  const ratio = 2;
  const size = DOT_SIZE * ratio;
  const canvas = Object.assign(document.createElement("canvas"), { width: size, height: size });
  const context = canvas.getContext("2d");
  context.arc(size / 2, size / 2, size / 2 - ratio, 0, 2 * Math.PI);
  context.fillStyle = token("--paper");
  context.fill();
  context.strokeStyle = token("--ink");
  context.lineWidth = 1.5 * ratio;
  context.stroke();
  map.addImage(DOT, context.getImageData(0, 0, size, size), { pixelRatio: ratio });
}

/** The MapLibre style of a map of units of `level`, with the base map service where one is set. */
export function styleFor(level, basemap) {
  const sources = Object.fromEntries(SOURCES.map((name) => [name, { type: "geojson", data: EMPTY }]));
  if (basemap.url) {
    sources.basemap = { type: "raster", tiles: [basemap.url], tileSize: 256, maxzoom: Number(basemap.maxZoom) };
  }
  return {
    version: 8,
    sources,
    layers: [
      ...baseLayers(basemap), ...groundLayers(basemap), ...contextLayers(), ...borderLayers(level),
      ...pointLayers(), labelLayer("labels", "labels", false), labelLayer("point-labels", "points", true),
      dotLayer(),
    ],
  };
}

/** Weight of the lines of `level` on a map that is already drawn. */
export function restyle(map, level) {
  const border = BORDER[level] ?? BORDER.county;
  map.setPaintProperty("edges-inner", "line-width", border.width);
  map.setPaintProperty("edges-inner", "line-dasharray", border.dash);
}

export const CHOSEN_LAYERS = ["chosen-fill", "chosen-halo", "chosen-line", "chosen-point"];
