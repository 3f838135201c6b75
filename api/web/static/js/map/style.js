// How the register is drawn: calm ground, black dash-dot legal lines with weight by level, names, a halo for the chosen.
// The values are those of tokens.css, read from the page so that there is one place to change them.

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// Dash-dot as on official maps, in line widths; weight falls with the level.
const BORDER = {
  province: { width: 1.3, dash: [5, 2, 1, 2] },
  prefecture: { width: 1.1, dash: [4, 2, 1, 2] },
  county: { width: 0.9, dash: [3, 2, 1, 2] },
};

// Where a name may stand: on its unit; beside it where the unit is a speck (square degrees: 香港, 澳门).
const TINY = 1;
const ON = ["literal", ["center", [0, 0], "left", [0.5, 0], "right", [-0.5, 0], "top", [0, 0.5], "bottom", [0, -0.5]]];
const BESIDE = ["literal", ["right", [-0.6, 0], "left", [0.6, 0], "top", [0, 0.6], "bottom", [0, -0.6]]];

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
    {
      id: "points", type: "circle", source: "points",
      paint: {
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 3, 2.6, 8, 4.5], "circle-color": token("--paper"),
        "circle-stroke-color": token("--ink"), "circle-stroke-width": 1.3,
      },
    },
  ];
}

function labelLayer(id, source, offset) {
  return {
    id, type: "symbol", source,
    layout: {
      "text-field": ["get", "name"], "text-font": ["Diming"], "text-max-width": 9, "text-padding": 2,
      "text-size": ["interpolate", ["linear"], ["zoom"], 3, 12, 7, 14],
      // The smallest units are named first: there is room for the large ones elsewhere.
      "symbol-sort-key": ["coalesce", ["get", "size"], 0],
      "text-variable-anchor-offset": offset ? BESIDE : ["case", ["<", ["coalesce", ["get", "size"], 9], TINY], BESIDE, ON],
      "text-justify": "auto",
    },
    paint: { "text-color": token("--ink"), "text-halo-color": "#ffffff", "text-halo-width": 1.4 },
  };
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
