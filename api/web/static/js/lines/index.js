// The workbench of a line: a map with all its versions, a slider over them, and the parts of the page that follow.
// Nothing here changes anything; what it shows the page shows without it, by links and forms.

import { Map as GlMap, NavigationControl, ScaleControl } from "../../lib/maplibre-gl.mjs";
import { keepView, viewFromAddress } from "../map/address.js";
import { CJK_FONTS, corners, told } from "../map/shared.js";
import { Findings } from "./findings.js";
import { follow, wireParts } from "./parts.js";
import { wireSlider } from "./slider.js";
import { addSquares, CLICKED_COURSES, filtersOf, styleFor, SWITCHES } from "./style.js";
import { Swipe } from "./swipe.js";

const PADDING = 56;
// Pixels from a click within which a vertex of the chosen segment is meant.
const NEAR = 12;
const collection = (features) => ({ type: "FeatureCollection", features });
const place = (point) => ({ type: "Feature", properties: {}, geometry: { type: "Point", coordinates: point } });

class LineMap {
  constructor(frame) {
    this.frame = frame;
    this.words = JSON.parse(frame.dataset.words);
    this.features = [];
    this.day = document.querySelector("#line-identity").dataset.day;
    this.chosen = new URLSearchParams(location.search).get("segment") ?? "";
    this.map = this.makeMap(frame.querySelector("[data-canvas]"));
    frame.map = this.map; // within reach of whatever else the page has
    this.map.on("load", () => this.load());
    this.wire();
  }

  makeMap(container) {
    const { basemap, basemapMaxZoom, level } = this.frame.dataset;
    return new GlMap({
      container, style: styleFor(level, { url: basemap, maxZoom: basemapMaxZoom }, this.day), ...(viewFromAddress() ?? {}),
      attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false, maxZoom: 20, fadeDuration: 0,
      localIdeographFontFamily: CJK_FONTS, locale: this.words.controls,
      canvasContextAttributes: { preserveDrawingBuffer: true }, // so that the map prints
    });
  }

  wire() {
    const map = this.map;
    map.touchZoomRotate.disableRotation();
    map.addControl(new NavigationControl({ showCompass: false }), "bottom-right");
    map.addControl(new ScaleControl({ maxWidth: 120, unit: "metric" }), "bottom-left");
    map.on("mousemove", (event) => this.tellCoordinates(event.lngLat, this.words.cursor));
    map.on("move", () => this.tellCoordinates(map.getCenter(), this.words.centre));
    map.on("moveend", (event) => { if (event.originalEvent) keepView(map); });
    map.on("click", (event) => this.clicked(event));
    map.on("error", (event) => this.fail(event.error));
    document.querySelector("[data-whole]").addEventListener("click", () => this.whole());
    document.querySelectorAll("[data-layer-switch]").forEach((box) => {
      box.addEventListener("change", () => this.toggle(box.value, box.checked));
    });
    document.querySelector("[data-tools]").hidden = false;
    this.findings = new Findings(this);
    this.swipe = new Swipe(this, document.querySelector("[data-swipe]"));
  }

  // Longitude and latitude in CGCS2000, six decimals: a decimetre.
  tellCoordinates(position, where) {
    this.frame.querySelector("[data-coordinates]").textContent = told(position, where);
  }

  async load() {
    this.frame.dataset.state = "loading";
    addSquares(this.map);
    const answer = await fetch(`/lines/${this.frame.dataset.line}/map.json?as_of=${this.day}`)
      .then(async (response) => ({ ok: response.ok, data: await response.json() }))
      .catch(() => ({ ok: false, data: null }));
    if (!answer.ok) return this.fail(answer.data);
    this.features = answer.data.features;
    this.decisions = answer.data.decisions;
    this.map.getSource("line").setData(collection(this.features));
    this.showScans(answer.data.scans);
    if (!viewFromAddress()) this.whole();
    this.choose(this.chosen, false);
    this.findings.show();
    this.showLand();
    this.frame.querySelector("[data-wait]").hidden = true;
    this.map.once("idle", () => { this.frame.dataset.state = "ready"; });
    return this.map.triggerRepaint();
  }

  fail(problem) {
    const wait = this.frame.querySelector("[data-wait]");
    wait.hidden = false;
    wait.textContent = problem?.detail ?? this.words.failed;
    this.frame.dataset.state = "failed";
  }

  whole() {
    const box = corners(this.features.filter(({ properties }) => properties.kind === "course"));
    if (box) this.map.fitBounds(box, { padding: PADDING, animate: false });
  }

  // Scanned sheets lie under everything that the register draws: they are paper, and pale.
  showScans(scans) {
    this.scans = scans.map(({ url, outline }, at) => {
      this.map.addSource(`scan-${at}`, { type: "image", url, coordinates: outline });
      this.map.addLayer({ id: `scan-${at}`, type: "raster", source: `scan-${at}`, paint: { "raster-opacity": 0.7, "raster-fade-duration": 0 } }, "neighbours");
      return `scan-${at}`;
    });
    document.querySelector("[data-layer-switch][value=scans]")?.closest("label").toggleAttribute("hidden", !scans.length);
  }

  toggle(name, shown) {
    (name === "scans" ? this.scans : SWITCHES[name]).forEach((layer) => this.map.setLayoutProperty(layer, "visibility", shown ? "visible" : "none"));
  }

  /** Show the versions of `day`. */
  showDay(day) {
    this.day = day;
    Object.entries(filtersOf(day)).forEach(([layer, filter]) => this.map.setFilter(layer, filter));
    this.frame.querySelector("[data-map-date]").textContent = day;
    this.choose(this.chosen, false);
    this.swipe.showDay(day);
  }

  // The land that changed hands between the two versions that the page compares.
  async showLand() {
    const compared = document.querySelector("[data-compared]");
    const source = this.map.getSource("land");
    if (!compared) return source.setData(collection([]));
    const { from, to } = compared.dataset;
    const answer = await fetch(`/v1/lines/${this.frame.dataset.line}/diff?from=${from}&to=${to}`).catch(() => null);
    const land = answer?.ok ? (await answer.json()).land : [];
    this.land = land;
    return source.setData(collection(land.map(({ geometry }, at) => ({ type: "Feature", properties: { no: at + 1 }, geometry }))));
  }

  now(segment) {
    return this.features.find(({ properties: p }) => p.kind === "course" && p.segment === segment && p.from <= this.day && this.day < p.to);
  }

  clicked(event) {
    const around = [[event.point.x - NEAR, event.point.y - NEAR], [event.point.x + NEAR, event.point.y + NEAR]];
    const [marker] = this.map.queryRenderedFeatures(around, { layers: ["markers"] });
    if (marker) return this.tell(this.words.marker.replace("{code}", marker.properties.code), "");
    if (this.findings.clicked(event.point)) return null;
    const [course] = this.map.queryRenderedFeatures(event.point, { layers: CLICKED_COURSES });
    if (course && course.properties.segment === this.chosen) return this.tellVertex(event.point);
    return follow(this, { segment: course?.properties.segment ?? null });
  }

  /** Mark a segment on the map and in the table; "" marks none. */
  choose(segment, move) {
    this.chosen = segment;
    const course = segment && this.now(segment);
    this.map.getSource("chosen").setData(collection(course ? [course] : []));
    this.map.getSource("vertex").setData(collection([]));
    this.tell("", "");
    document.querySelectorAll("tr[data-segment]").forEach((row) => {
      if (row.dataset.segment === segment) row.setAttribute("aria-current", "true"); else row.removeAttribute("aria-current");
    });
    if (move && course) this.map.fitBounds(corners([course]), { padding: PADDING, animate: false });
  }

  // The vertex of the chosen segment nearest to a click, and the document that put it there.
  tellVertex(point) {
    const { geometry, properties } = this.now(this.chosen);
    const far = geometry.coordinates.map((c) => { const p = this.map.project(c); return Math.hypot(p.x - point.x, p.y - point.y); });
    const at = far.indexOf(Math.min(...far));
    const decision = this.decisions[documentOf(properties.blame, at)];
    const [lon, lat] = geometry.coordinates[at];
    this.map.getSource("vertex").setData(collection([place([lon, lat])]));
    const by = decision ? `${decision.doc_no ?? decision.title}${decision.effective_on ? ` · ${this.words.since.replace("{date}", decision.effective_on)}` : ""}` : this.words.unknown;
    this.tell(this.words.vertex.replace("{no}", at + 1), `${lon.toFixed(8)}, ${lat.toFixed(8)} · ${by}`);
  }

  tell(what, more) {
    const caption = this.frame.querySelector("[data-caption]");
    caption.hidden = !what;
    caption.querySelector("strong").textContent = what;
    caption.querySelector("[data-told]").textContent = more;
  }
}

function documentOf(blame, vertex) {
  let passed = 0;
  const run = blame.find(([count]) => { passed += count; return vertex < passed; });
  return run?.[1];
}

document.querySelectorAll("[data-line-map]").forEach((frame) => {
  const map = new LineMap(frame);
  wireSlider(map);
  wireParts(map);
});
