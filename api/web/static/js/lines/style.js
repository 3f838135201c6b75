// How a line is drawn on its workbench: the legal line of the date black and dash-dot, other versions thin and grey with
// their years, markers as squares with their numbers. The day is a filter: one collection holds all versions.

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const kind = (name) => ["==", ["get", "kind"], name];
const EMPTY = { type: "FeatureCollection", features: [] };

export const SOURCES = ["line", "land", "chosen", "vertex", "finding"];
export const CLICKED_COURSES = ["legal-hit"];

// Weight of the legal line by level, dash-dot in line widths, as on the map of units.
const BORDER = {
  province: { width: 2.2, dash: [5, 2, 1, 2] },
  prefecture: { width: 1.9, dash: [4, 2, 1, 2] },
  county: { width: 1.6, dash: [4, 2, 1, 2] },
  township: { width: 1.2, dash: [3, 2, 1, 2] },
};

/** Whether a feature holds on `day`; days are compared as text. */
export const holds = (day) => ["all", ["<=", ["get", "from"], day], [">", ["get", "to"], day]];
const other = (day) => ["any", [">", ["get", "from"], day], ["<=", ["get", "to"], day]];

/** The filter of each layer that depends on the day. */
export function filtersOf(day) {
  return {
    legal: ["all", kind("course"), holds(day)], "legal-hit": ["all", kind("course"), holds(day)],
    former: ["all", kind("course"), other(day)], "former-years": ["all", kind("course"), other(day)],
    markers: ["all", kind("marker"), holds(day)],
  };
}

/** Which layers each switch of the page shows. */
export const SWITCHES = { former: ["former", "former-years"], markers: ["markers"], neighbours: ["neighbours"], names: ["sides"], land: ["exclaves", "exclave-edges", "condominiums", "condominium-edges", "land-names", "open-ends"], work: ["handed-in", "finding-areas", "finding-lines", "finding-points", "finding-chosen", "finding-chosen-point"] };
/** The layers in which a click means a finding. */
export const CLICKED_FINDINGS = ["finding-points", "finding-lines", "finding-areas"];

function ground(basemap) {
  const layers = [{ id: "outside", type: "background", paint: { "background-color": basemap.url ? token("--outside") : token("--land") } }];
  if (basemap.url) layers.push({ id: "basemap", type: "raster", source: "basemap" });
  return layers;
}

function courses(level) {
  const border = BORDER[level] ?? BORDER.county;
  return [
    { id: "neighbours", type: "line", source: "line", filter: kind("neighbour"), paint: { "line-color": "#b9b9b4", "line-width": 1 } },
    { id: "exclaves", type: "fill", source: "line", filter: kind("exclave"), paint: { "fill-color": token("--action-wash"), "fill-opacity": 0.8 } },
    { id: "exclave-edges", type: "line", source: "line", filter: kind("exclave"), paint: { "line-color": token("--ink-soft"), "line-width": 0.8 } },
    { id: "condominiums", type: "fill", source: "line", filter: kind("condominium"), paint: { "fill-color": token("--done"), "fill-opacity": 0.12 } },
    { id: "condominium-edges", type: "line", source: "line", filter: kind("condominium"), paint: { "line-color": token("--done"), "line-width": 1, "line-dasharray": [2, 2] } },
    { id: "land", type: "fill", source: "land", paint: { "fill-color": token("--halo"), "fill-opacity": 0.28 } },
    { id: "land-edges", type: "line", source: "land", paint: { "line-color": token("--warn"), "line-width": 0.6 } },
    { id: "chosen", type: "line", source: "chosen", paint: { "line-color": token("--halo"), "line-width": 9, "line-opacity": 0.6 } },
    { id: "former", type: "line", source: "line", paint: { "line-color": "#8b9199", "line-width": 1.2 } },
    // What both sides have handed in, red for the left, blue for the right: under the legal line, which nothing hides.
    { id: "handed-in", type: "line", source: "line", filter: kind("handed_in"), paint: { "line-color": ["match", ["get", "side"], "left", token("--claim-a"), "right", token("--claim-b"), token("--ink-soft")], "line-width": 1.3 } },
    { id: "legal", type: "line", source: "line", paint: { "line-color": token("--ink"), "line-width": border.width, "line-dasharray": border.dash } },
    { id: "finding-areas", type: "fill", source: "line", filter: ["all", kind("finding"), ["==", ["geometry-type"], "Polygon"]], paint: { "fill-color": token("--warn-line"), "fill-opacity": 0.35 } },
    { id: "finding-lines", type: "line", source: "line", filter: kind("finding"), paint: { "line-color": token("--warn"), "line-width": 2.5 } },
    { id: "finding-chosen", type: "line", source: "finding", filter: ["!=", ["geometry-type"], "Point"], paint: { "line-color": token("--halo"), "line-width": 7, "line-opacity": 0.45 } },
    { id: "finding-chosen-point", type: "circle", source: "finding", filter: ["==", ["geometry-type"], "Point"], paint: { "circle-radius": 13, "circle-color": token("--halo"), "circle-opacity": 0.35 } },
    { id: "finding-points", type: "circle", source: "line", filter: ["all", kind("finding"), ["==", ["geometry-type"], "Point"]], paint: { "circle-radius": 6, "circle-color": token("--warn-line"), "circle-stroke-color": token("--ink"), "circle-stroke-width": 1 } },
    { id: "legal-hit", type: "line", source: "line", paint: { "line-color": token("--ink"), "line-width": 15, "line-opacity": 0 } },
  ];
}

function words(id, filter, layout, paint = {}) {
  return {
    id, type: "symbol", source: "line", filter,
    layout: { "text-font": ["Diming"], "text-size": 12, ...layout },
    paint: { "text-color": token("--ink"), "text-halo-color": "#ffffff", "text-halo-width": 1.5, ...paint },
  };
}

function symbols() {
  const years = ["concat", ["slice", ["get", "from"], 0, 4], "–", ["case", ["==", ["slice", ["get", "to"], 0, 4], "9999"], "", ["slice", ["get", "to"], 0, 4]]];
  return [
    words("former-years", kind("nothing"), { "text-field": years, "symbol-placement": "line", "text-size": 11, "symbol-spacing": 320, "text-offset": [0, -0.8] }, { "text-color": token("--ink-faint") }),
    words("sides", kind("side"), { "text-field": ["get", "name"], "text-size": 15, "text-letter-spacing": 0.3, "text-allow-overlap": true }, { "text-color": token("--ink-soft") }),
    words("markers", kind("nothing"), {
      "icon-image": ["concat", "marker-", ["get", "stones"]], "icon-allow-overlap": true, "icon-padding": 0, "text-size": 11,
      // From afar the serial number is enough, and the squares must not hide the line.
      "icon-size": ["interpolate", ["linear"], ["zoom"], 8, 0.5, 13, 1],
      "text-field": ["step", ["zoom"], ["slice", ["get", "code"], -4], 14, ["get", "code"]],
      "text-optional": true, "text-variable-anchor-offset": ["literal", ["left", [1, 0], "right", [-1, 0], "top", [0, 0.9], "bottom", [0, -0.9]]],
    }),
    words("land-names", ["in", ["get", "kind"], ["literal", ["exclave", "condominium"]]], { "text-field": ["get", "name"], "text-size": 11, "text-optional": true }, { "text-color": token("--ink-soft") }),
    { id: "open-ends", type: "circle", source: "line", filter: kind("open_end"), paint: { "circle-radius": 6, "circle-color": token("--paper"), "circle-stroke-color": token("--legal"), "circle-stroke-width": 2.5 } },
    { id: "vertex", type: "circle", source: "vertex", paint: { "circle-radius": 6, "circle-color": token("--halo"), "circle-stroke-color": token("--ink"), "circle-stroke-width": 1.5 } },
  ];
}

/** The MapLibre style of the workbench at `day`. */
export function styleFor(level, basemap, day) {
  const sources = Object.fromEntries(SOURCES.map((name) => [name, { type: "geojson", data: EMPTY, tolerance: 0.1 }]));
  if (basemap.url) sources.basemap = { type: "raster", tiles: [basemap.url], tileSize: 256, maxzoom: Number(basemap.maxZoom) };
  const filters = filtersOf(day);
  const layers = [...ground(basemap), ...courses(level), ...symbols()].map((layer) => (filters[layer.id] ? { ...layer, filter: filters[layer.id] } : layer));
  return { version: 8, sources, layers };
}

const RATIO = 2;
const SIZE = 13;

// The conventional squares: one, two or three in each other for single, double and triple markers (单立、双立、三立).
function squares(count) {
  const canvas = Object.assign(document.createElement("canvas"), { width: SIZE * RATIO, height: SIZE * RATIO });
  const context = canvas.getContext("2d");
  context.scale(RATIO, RATIO);
  context.fillStyle = token("--paper");
  context.strokeStyle = token("--ink");
  context.lineWidth = 1.1;
  context.fillRect(1, 1, SIZE - 2, SIZE - 2);
  for (let i = 0; i < count; i += 1) context.strokeRect(1 + 2 * i, 1 + 2 * i, SIZE - 2 - 4 * i, SIZE - 2 - 4 * i);
  return context.getImageData(0, 0, SIZE * RATIO, SIZE * RATIO);
}

/** Give `map` the squares of markers. */
export function addSquares(map) {
  ["single", "double", "triple"].forEach((stones, at) => map.addImage(`marker-${stones}`, squares(at + 1), { pixelRatio: RATIO }));
}
