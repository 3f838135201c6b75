// The map beside a table: shows one layer of the register at one date and chooses the same things as the table.

import { Map as GlMap, NavigationControl, ScaleControl } from "../../lib/maplibre-gl.mjs";
import { keepChoice, keepView, viewFromAddress } from "./address.js";
import { mesh } from "./mesh.js";
import { addDot, CHOSEN_LAYERS, restyle, styleFor } from "./style.js";

// All of the country with the South China Sea: 3.4 to 53.6 degrees north, 73.4 to 135.1 degrees east.
const COUNTRY = [[73.0, 2.5], [136.0, 54.2]];
// Far enough out for the whole country on the lowest map that the pages have (240 CSS pixels).
const MIN_ZOOM = 1;
const CJK_FONTS = '"PingFang SC","Microsoft YaHei","Noto Sans SC","Noto Sans CJK SC",sans-serif';
const collection = (features) => ({ type: "FeatureCollection", features });

function ask(address) {
  const answer = fetch(address, { headers: { Accept: "application/json" } })
    .then(async (response) => ({ ok: response.ok, data: await response.json() }))
    .catch(() => ({ ok: false, data: null }));
  return { address, answer };
}

class RegisterMap {
  constructor(frame) {
    this.frame = frame;
    this.words = JSON.parse(frame.dataset.words);
    this.chosen = frame.dataset.chosen ?? "";
    this.data = null;
    this.moved = viewFromAddress() !== null;
    this.home = { bounds: COUNTRY, options: { padding: 8, animate: false } };
    this.asked = ask(frame.dataset.layer); // while the map itself is still starting
    this.map = this.makeMap(frame.querySelector("[data-canvas]"));
    this.tellCoordinates(this.map.getCenter(), this.words.centre);
    frame.map = this.map; // within reach of whatever else the page has
    this.map.on("load", () => {
      addDot(this.map);
      this.show(frame.dataset.layer, frame.dataset.level);
    });
    this.wireControls();
  }

  makeMap(container) {
    const { basemap, basemapMaxZoom } = this.frame.dataset;
    const view = viewFromAddress();
    return new GlMap({
      container,
      style: styleFor(this.frame.dataset.level, { url: basemap, maxZoom: basemapMaxZoom }),
      ...(view ?? { bounds: this.home.bounds, fitBoundsOptions: this.home.options }),
      attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false,
      minZoom: MIN_ZOOM, maxZoom: 18, fadeDuration: 0,
      localIdeographFontFamily: CJK_FONTS, locale: this.words.controls,
      canvasContextAttributes: { preserveDrawingBuffer: true }, // so that the map prints
    });
  }

  wireControls() {
    const map = this.map;
    map.touchZoomRotate.disableRotation();
    map.addControl(new NavigationControl({ showCompass: false }), "bottom-right"); // over the sea
    map.addControl(new ScaleControl({ maxWidth: 120, unit: "metric" }), "bottom-left");
    map.on("mousemove", (event) => this.tellCoordinates(event.lngLat, this.words.cursor));
    map.on("move", () => this.tellCoordinates(map.getCenter(), this.words.centre));
    map.on("movestart", (event) => { this.moved ||= Boolean(event.originalEvent || event.chosen); });
    map.on("moveend", (event) => this.afterMove(event));
    map.on("resize", () => this.goHome());
    map.on("click", (event) => this.clicked(event));
    map.on("error", (event) => this.fail(event.error));
  }

  afterMove(event) {
    this.tellCoordinates(this.map.getCenter(), this.words.centre);
    if (this.moved && (event.originalEvent || event.chosen)) keepView(this.map);
  }

  // What must be seen whole (the country with the South China Sea, a unit) stays whole while the lines under the map
  // grow or the window changes, until the user has moved the map.
  goHome() {
    if (!this.moved) this.map.fitBounds(this.home.bounds, this.home.options);
  }

  // Longitude and latitude in CGCS2000, five decimals: about one metre.
  tellCoordinates({ lng, lat }, where) {
    const place = this.frame.querySelector("[data-coordinates]");
    const ew = lng < 0 ? "W" : "E";
    const ns = lat < 0 ? "S" : "N";
    place.textContent = `${where} ${Math.abs(lng).toFixed(5)}°${ew} ${Math.abs(lat).toFixed(5)}°${ns}`;
  }

  async show(address, level) {
    this.frame.dataset.state = "loading";
    if (this.asked.address !== address) this.asked = ask(address);
    const { ok, data } = await this.asked.answer;
    if (this.asked.address !== address) return undefined; // another was asked for meanwhile
    if (!ok) return this.fail(data);
    this.data = data;
    restyle(this.map, level);
    this.fill(data);
    this.choose(this.chosen, false);
    return this.done();
  }

  fill(data) {
    const of = (kind) => data.features.filter((feature) => feature.properties.kind === kind);
    const units = of("unit");
    const context = of("outline");
    const set = (source, features) => this.map.getSource(source).setData(collection(features));
    set("context", context);
    set("context-edges", mesh(context));
    set("units", units);
    set("edges", mesh(units));
    set("labels", units.filter((unit) => unit.properties.label).map(labelPoint));
    set("points", [...of("point"), ...this.places()]);
    set("lines", of("line"));
    this.frame.querySelector("[data-past]").hidden = !data.past;
    this.frame.querySelector("[data-source]").textContent = data.sources.map((s) => this.sourceLine(s)).join(" ｜ ");
    this.tellMissing(data.without_position);
    this.frame.querySelector("[data-sheet]").href = this.frame.dataset.layer.replace("/map/layers/", "/map/sheet/").replace(".json", ".svg");
    this.frame.querySelector("[data-map-date]").textContent = data.as_of;
    if (this.frame.dataset.fit) this.fitFocus(data.features);
  }

  sourceLine({ titles, source, licence, dated, provenance }) {
    const { and, language, layer, undated } = this.words;
    const rest = [source, licence, dated || undated, this.words[provenance]].filter(Boolean).join(" · ");
    return layer.replace("{titles}", titles[language].join(and)).replace("{rest}", rest);
  }

  // What the register knows no position of is said, so that nobody takes the map for complete.
  tellMissing(count) {
    const place = this.frame.querySelector("[data-missing]");
    place.hidden = !count;
    place.textContent = this.words.missing.replace("{count}", count);
  }

  fitFocus(features) {
    const places = this.frame.dataset.fit === "places" ? this.places() : [];
    const focused = places.length ? places : features.filter((f) => f.properties.focus);
    const home = framing(focused.length ? focused : features.filter((f) => f.properties.kind !== "line"), places.length ? 15 : 8);
    if (home) this.home = home;
    this.goHome();
  }

  // What the page is about, where it is no unit: one place, or several of which each is a row of the table.
  places() {
    const told = this.frame.dataset.place ? JSON.parse(this.frame.dataset.place) : [];
    return (Array.isArray(told) ? told : [told]).map(({ name, code = "place", number, point }) => {
      const geometry = { type: "Point", coordinates: point };
      return { type: "Feature", properties: { name, code, number, kind: "point" }, geometry };
    });
  }

  done() {
    const wait = this.frame.querySelector("[data-wait]");
    wait.hidden = true;
    this.map.once("idle", () => { this.frame.dataset.state = "ready"; });
  }

  fail(problem) {
    const wait = this.frame.querySelector("[data-wait]");
    wait.hidden = false;
    wait.textContent = problem?.detail ?? this.words.failed;
    this.frame.dataset.state = "failed";
  }

  clicked(event) {
    const box = [[event.point.x - 5, event.point.y - 5], [event.point.x + 5, event.point.y + 5]];
    const hit = this.map.queryRenderedFeatures(box, { layers: ["points"] })[0]
      ?? this.map.queryRenderedFeatures(event.point, { layers: ["units-fill"] })[0];
    const code = hit?.properties.code ?? "";
    this.select(code === this.chosen ? "" : code, false);
  }

  /** Choose a unit on the map and in the table, and keep it in the address. */
  select(code, move) {
    this.choose(code, move);
    if (this.frame.dataset.fit !== "places") keepChoice(code);
    this.frame.dispatchEvent(new CustomEvent("diming:chosen", { bubbles: true, detail: { code, move } }));
  }

  choose(code, move) {
    this.chosen = code;
    CHOSEN_LAYERS.forEach((layer) => this.map.setFilter(layer, ["==", ["get", "code"], code]));
    const drawn = [...this.data.features, ...this.places()];
    const features = drawn.filter((f) => f.properties.code === code && f.properties.kind !== "outline");
    this.tell(features[0]?.properties);
    if (move && features.length) this.fit(features);
  }

  tell(unit) {
    const caption = this.frame.querySelector("[data-caption]");
    caption.hidden = !unit || this.frame.dataset.fit === "unit";
    if (caption.hidden) return;
    caption.querySelector("strong").textContent = unit.name;
    caption.querySelector("code").textContent = unit.number ?? unit.code;
    const row = document.querySelector(`tr[data-code="${unit.code}"]`);
    caption.querySelector("[data-open]").href = row?.querySelector("a").href ?? "";
    caption.querySelector("[data-open]").hidden = !row;
    const below = row?.querySelector("[data-below]");
    caption.querySelector("[data-down]").hidden = !below;
    if (below) caption.querySelector("[data-down]").href = below.href;
  }

  fit(features) {
    const { bounds, options } = framing(features, this.frame.dataset.fit === "places" ? 15 : 8);
    this.map.fitBounds(bounds, options, { chosen: this.frame.dataset.fit !== "unit" });
  }
}

// Bounds and options that show all of `features`, points no closer than `closest`, or null where there are none.
function framing(features, closest = 8) {
  const bounds = boundsOf(features);
  // Names of points stand beside them and need room at the edges.
  const points = features.some((f) => f.geometry.type === "Point");
  const padding = points ? { left: 110, right: 72, top: 56, bottom: 56 } : 36;
  return bounds && { bounds, options: { padding, maxZoom: points ? closest : 10, animate: false } };
}

function labelPoint(unit) {
  const [[west, south], [east, north]] = boundsOf([unit]);
  const properties = { ...unit.properties, size: (east - west) * (north - south) };
  return { type: "Feature", properties, geometry: { type: "Point", coordinates: unit.properties.label } };
}

function boundsOf(features) {
  const points = features.flatMap((f) => f.geometry.coordinates.flat(Infinity));
  if (!points.length) return null;
  const box = [[180, 90], [-180, -90]];
  for (let i = 0; i < points.length; i += 2) {
    box[0] = [Math.min(box[0][0], points[i]), Math.min(box[0][1], points[i + 1])];
    box[1] = [Math.max(box[1][0], points[i]), Math.max(box[1][1], points[i + 1])];
  }
  return box;
}

function markRow(code, scroll) {
  document.querySelectorAll("tr[data-code]").forEach((row) => {
    const chosen = row.dataset.code === code;
    row.setAttribute("aria-selected", String(chosen));
    if (chosen && scroll) row.scrollIntoView({ block: "nearest" });
  });
}

function wireTable(map) {
  document.addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-code]");
    if (!row || event.target.closest("a, button")) return;
    map.select(row.dataset.code === map.chosen ? "" : row.dataset.code, true);
  });
  map.frame.addEventListener("diming:chosen", (event) => markRow(event.detail.code, !event.detail.move));
}

function start(frame) {
  const map = new RegisterMap(frame);
  wireTable(map);
  frame.addEventListener("diming:layer", ({ detail }) => {
    frame.dataset.layer = detail.layer;
    map.show(detail.layer, detail.level);
  });
  document.addEventListener("htmx:after:swap", () => {
    const panel = document.querySelector("[data-layer-of-table]");
    if (!panel || panel.dataset.layerOfTable === frame.dataset.layer) return;
    frame.dataset.layer = panel.dataset.layerOfTable;
    map.show(frame.dataset.layer, panel.dataset.level).then(() => markRow(map.chosen, true));
  });
}

document.querySelectorAll("[data-map]").forEach(start);
