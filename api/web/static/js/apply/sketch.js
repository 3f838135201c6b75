// The place of a name drawn on a map. The field with the coordinates is what counts: the map writes into it and shows
// what stands in it, so that everything can be typed, and read before it is sent.

import { Map as GlMap, NavigationControl, ScaleControl } from "../../lib/maplibre-gl.mjs";
import { mesh } from "../map/mesh.js";
import { CJK_FONTS, corners, told } from "../map/shared.js";
import { addDot, styleFor } from "../map/style.js";

const COUNTRY = [[73.0, 2.5], [136.0, 54.2]];
const NEAR = 12; // pixels within which a point is meant
const DECIMALS = 6; // a decimetre
const EMPTY = { type: "FeatureCollection", features: [] };
const collection = (features) => ({ type: "FeatureCollection", features });
const feature = (geometry, properties = {}) => ({ type: "Feature", properties, geometry });
const paint = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** The positions in lines of `longitude, latitude`; null where a line is none. */
function positionsOf(text) {
  const lines = text.split("\n").filter((line) => line.trim());
  const points = lines.map((line) => line.replaceAll("，", ",").replaceAll("\t", ",").split(",").map(Number));
  return points.every((point) => point.length === 2 && point.every(Number.isFinite)) ? points : null;
}

function geojsonOf(text) {
  try {
    const value = JSON.parse(text);
    const first = value.type === "FeatureCollection" ? value.features[0] : value;
    const geometry = first.type === "Feature" ? first.geometry : first;
    return geometry?.coordinates ? geometry : null;
  } catch {
    return null;
  }
}

export class Sketch {
  constructor(frame, fields) {
    this.frame = frame;
    this.fields = fields;
    this.words = JSON.parse(frame.dataset.words);
    this.held = null;
    frame.hidden = false;
    fields.tools.hidden = false;
    this.map = this.makeMap(frame.querySelector("[data-canvas]"));
    frame.map = this.map;
    this.map.on("load", () => this.begin());
  }

  makeMap(container) {
    const { basemap, basemapMaxZoom } = this.frame.dataset;
    const map = new GlMap({
      container, style: styleFor("county", { url: basemap, maxZoom: basemapMaxZoom }), bounds: COUNTRY,
      attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false, maxZoom: 19,
      fadeDuration: 0, doubleClickZoom: false, localIdeographFontFamily: CJK_FONTS, locale: this.words.controls,
    });
    map.touchZoomRotate.disableRotation();
    map.addControl(new NavigationControl({ showCompass: false }), "bottom-right");
    map.addControl(new ScaleControl({ maxWidth: 120, unit: "metric" }), "bottom-left");
    return map;
  }

  begin() {
    addDot(this.map);
    this.map.addSource("sketch", { type: "geojson", data: EMPTY });
    this.map.addLayer({ id: "sketch-fill", type: "fill", source: "sketch", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": paint("--action"), "fill-opacity": 0.16 } });
    this.map.addLayer({ id: "sketch-line", type: "line", source: "sketch", filter: ["!=", ["geometry-type"], "Point"], paint: { "line-color": paint("--action"), "line-width": 3 } });
    this.map.addLayer({ id: "sketch-points", type: "circle", source: "sketch", filter: ["==", ["geometry-type"], "Point"], paint: { "circle-radius": 6, "circle-color": "#ffffff", "circle-stroke-color": paint("--action"), "circle-stroke-width": 3 } });
    this.wire();
    this.show();
    this.showGround();
    this.fit();
    this.map.once("idle", () => { this.frame.dataset.state = "ready"; });
  }

  wire() {
    const { map, fields } = this;
    map.on("mousemove", (event) => this.tell(event.lngLat, this.words.cursor));
    map.on("move", () => this.tell(map.getCenter(), this.words.centre));
    map.on("click", (event) => { if (this.nearest(event.point) < 0) this.add(event.lngLat); });
    map.on("mousedown", (event) => this.grab(event));
    map.on("touchstart", (event) => this.grab(event));
    map.on("mousemove", (event) => this.drag(event));
    map.on("touchmove", (event) => this.drag(event));
    map.on("mouseup", () => this.drop());
    map.on("touchend", () => this.drop());
    fields.points.addEventListener("input", () => this.show());
    fields.shape.addEventListener("change", () => this.show());
    fields.class.addEventListener("change", () => this.show());
    fields.within.addEventListener("change", () => this.showGround());
    fields.tools.querySelector("[data-add]").addEventListener("click", () => this.add(map.getCenter()));
    fields.tools.querySelector("[data-undo]").addEventListener("click", () => this.write(this.points().slice(0, -1)));
    fields.tools.querySelector("[data-clear]").addEventListener("click", () => this.write([]));
  }

  points() {
    return positionsOf(this.fields.points.value) ?? [];
  }

  tell(position, where) {
    this.frame.querySelector("[data-coordinates]").textContent = told(position, where);
  }

  add({ lng, lat }) {
    const points = this.shape() === "point" ? [] : this.points();
    this.write([...points, [lng, lat]]);
  }

  write(points) {
    this.say(points.map((point) => point.map((value) => value.toFixed(DECIMALS)).join(", ")).join("\n"));
  }

  /** Put `text` into the field of the coordinates, as if it were typed. */
  say(text) {
    this.fields.points.value = text;
    this.fields.points.dispatchEvent(new Event("input", { bubbles: true }));
  }

  nearest(at) {
    return this.points().findIndex((point) => {
      const { x, y } = this.map.project(point);
      return Math.hypot(x - at.x, y - at.y) <= NEAR;
    });
  }

  grab(event) {
    const found = this.nearest(event.point);
    if (found < 0) return;
    event.preventDefault(); // the map itself stays where it is
    this.held = found;
  }

  drag(event) {
    if (this.held === null) return;
    const { lng, lat } = event.lngLat;
    this.write(this.points().map((point, at) => (at === this.held ? [lng, lat] : point)));
  }

  drop() {
    this.held = null;
  }

  // As the server reads lines of positions: by the choice, else by the class and how many there are.
  shape() {
    if (this.fields.shape.value) return this.fields.shape.value;
    return this.fields.class.value === "STREET" ? "line" : "area";
  }

  geometry() {
    const text = this.fields.points.value.trim();
    if (text.startsWith("{")) return geojsonOf(text);
    const points = this.points();
    if (points.length < 2) return points.length ? { type: "Point", coordinates: points[0] } : null;
    if (this.shape() === "line" || points.length === 2) return { type: "LineString", coordinates: points };
    return { type: "Polygon", coordinates: [[...points, points[0]]] };
  }

  show() {
    const geometry = this.geometry();
    const points = this.points();
    const features = geometry ? [feature(geometry)] : [];
    const handles = points.map((point) => feature({ type: "Point", coordinates: point }));
    this.map.getSource("sketch").setData(collection([...features, ...handles]));
    const said = this.frame.querySelector("[data-drawn]");
    const readable = geometry || !this.fields.points.value.trim();
    said.textContent = readable ? this.words.points.replace("{n}", points.length) : this.words.unreadable;
  }

  fit() {
    const geometry = this.geometry();
    const box = geometry && corners([feature(geometry)]);
    if (box) this.map.fitBounds(box, { padding: 60, maxZoom: 16, animate: false });
    return Boolean(box);
  }

  // The county under the drawing with its neighbours; without one the map stays as it is.
  async showGround() {
    const code = this.fields.within.value.trim().slice(0, 6);
    if (!/^\d{6}$/.test(code) || code === this.ground) return;
    this.ground = code;
    const answer = await fetch(`/map/layers/county.json?unit=${code}`).catch(() => null);
    if (!answer?.ok || code !== this.ground) return;
    const { features } = await answer.json();
    const of = (kind) => features.filter(({ properties }) => properties.kind === kind);
    const set = (source, shown) => this.map.getSource(source).setData(collection(shown));
    set("context", of("outline"));
    set("units", of("unit"));
    set("edges", mesh(of("unit")));
    set("points", of("point"));
    set("lines", of("line"));
    const own = features.filter(({ properties }) => properties.code === code);
    const box = corners(own.length ? own : of("point"));
    if (box && !this.geometry()) this.map.fitBounds(box, { padding: 40, maxZoom: 13, animate: false });
  }
}
