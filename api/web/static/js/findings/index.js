// A map and a list that select each other: findings of a check, of a comparison, of an inspection.
// The page's list works without it; what the layer must hold is said in macros/findings_map.html.

import { Map as GlMap, NavigationControl, ScaleControl } from "../../lib/maplibre-gl.mjs";
import { keepView, viewFromAddress } from "../map/address.js";
import { CJK_FONTS, corners, told } from "../map/shared.js";
import { addPictures, CHOSEN_LAYERS, CLICKED_LAYERS, styleFor } from "./style.js";

// Half the side of the square round a click in which a finding is hit, in pixels.
const NEAR = 6;
const PADDING = 48;
// A finding of a point is shown at the scale of a sheet, about 1:5,000.
const CLOSEST = 16;

function longest(parts) {
  return parts.reduce((best, part) => (part.length > best.length ? part : best), parts[0]);
}

// Where the sign of a feature stands: where the server says, else in the middle of its longest part.
function anchor({ geometry, properties }) {
  if (properties.at) return properties.at;
  const { type, coordinates } = geometry;
  if (type === "Point") return coordinates;
  if (type === "MultiPoint") return coordinates[0];
  const line = { LineString: () => coordinates, MultiLineString: () => longest(coordinates), Polygon: () => coordinates[0], MultiPolygon: () => longest(coordinates.map((part) => part[0])) }[type]();
  return line[Math.floor(line.length / 2)];
}

function signs(features) {
  return features
    .filter(({ properties }) => properties.id || properties.draw === "marker")
    .map((feature) => ({ type: "Feature", properties: feature.properties, geometry: { type: "Point", coordinates: anchor(feature) } }));
}

class FindingsMap {
  constructor(frame) {
    this.frame = frame;
    this.words = JSON.parse(frame.dataset.words);
    this.features = [];
    this.chosen = frame.dataset.chosen;
    this.map = this.makeMap(frame.querySelector("[data-canvas]"));
    frame.map = this.map; // within reach of whatever else the page has
    this.map.on("load", () => {
      addPictures(this.map);
      this.show(frame.dataset.layer);
    });
    this.wire();
  }

  makeMap(container) {
    const { basemap, basemapMaxZoom } = this.frame.dataset;
    return new GlMap({
      container, style: styleFor({ url: basemap, maxZoom: basemapMaxZoom }), ...(viewFromAddress() ?? {}),
      attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false,
      maxZoom: 20, fadeDuration: 0, localIdeographFontFamily: CJK_FONTS, locale: this.words.controls,
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
    map.on("moveend", (event) => { if (event.originalEvent || event.chosen) keepView(map); });
    map.on("click", (event) => this.clicked(event));
    map.on("error", (event) => this.fail(event.error));
    this.frame.querySelector("[data-whole]")?.addEventListener("click", () => this.whole());
  }

  // Longitude and latitude in CGCS2000, six decimals: a decimetre.
  tellCoordinates(position, where) {
    this.frame.querySelector("[data-coordinates]").textContent = told(position, where);
  }

  /** Show the layer at `address` in place of what is shown. */
  async show(address) {
    this.frame.dataset.state = "loading";
    const answer = await fetch(address, { headers: { Accept: "application/json" } })
      .then(async (response) => ({ ok: response.ok, data: await response.json() }))
      .catch(() => ({ ok: false, data: null }));
    if (!answer.ok) return this.fail(answer.data);
    this.features = answer.data.features.filter((feature) => feature.geometry);
    this.map.getSource("shapes").setData({ type: "FeatureCollection", features: this.features });
    this.map.getSource("anchors").setData({ type: "FeatureCollection", features: signs(this.features) });
    this.frame.querySelector("[data-source]").textContent = (answer.data.sources ?? []).join(" ｜ ");
    if (!viewFromAddress()) this.whole();
    this.choose(this.chosen, !viewFromAddress());
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
    const box = corners(this.features);
    if (box) this.map.fitBounds(box, { padding: PADDING, maxZoom: CLOSEST, animate: false });
  }

  // Findings lie upon each other: every further click at the same place chooses the next one.
  clicked({ point }) {
    const box = [[point.x - NEAR, point.y - NEAR], [point.x + NEAR, point.y + NEAR]];
    const hits = this.map.queryRenderedFeatures(box, { layers: CLICKED_LAYERS });
    const here = [...new Set(hits.map((hit) => hit.properties.id).filter(Boolean))];
    this.select(here[(here.indexOf(this.chosen) + 1) % here.length] ?? "", false);
  }

  /** Choose a finding on the map and in the list, and keep it in the address; "" chooses none. */
  select(id, move) {
    this.choose(id, move);
    const address = new URL(location.href);
    if (id) address.searchParams.set("finding", id); else address.searchParams.delete("finding");
    address.search = address.search.replaceAll("%2F", "/");
    history.replaceState(history.state, "", address);
    this.frame.dispatchEvent(new CustomEvent("diming:finding", { bubbles: true, detail: { id, move } }));
  }

  choose(id, move) {
    this.chosen = id;
    const chosen = ["all", ["!=", ["get", "id"], ""], ["==", ["get", "id"], id]];
    // a line that is filled looks like land
    const land = ["match", ["geometry-type"], ["Polygon", "MultiPolygon"], true, false];
    CHOSEN_LAYERS.forEach((layer) => this.map.setFilter(layer, layer === "chosen-fill" ? [...chosen, land] : chosen));
    const features = this.features.filter((feature) => id && feature.properties.id === id);
    this.tell(id, features[0]?.properties);
    const box = move && corners(features);
    if (box) this.map.fitBounds(box, { padding: PADDING, maxZoom: CLOSEST, animate: false }, { chosen: true });
    mark(id, !move);
  }

  // What was chosen, over the map: the list may be under it, or on another page.
  tell(id, properties) {
    const caption = this.frame.querySelector("[data-caption]");
    caption.hidden = !id || !(properties?.title || properties?.label);
    if (caption.hidden) return;
    caption.querySelector("strong").textContent = properties.title ?? properties.label;
    const elsewhere = this.frame.dataset.open && !rows().some((row) => row.dataset.finding === id);
    const link = caption.querySelector("[data-open]");
    link.hidden = !elsewhere;
    if (elsewhere) link.href = this.frame.dataset.open.replace("{id}", encodeURIComponent(id));
  }
}

function rows() {
  return [...document.querySelectorAll("[data-finding]")];
}

function mark(id, scroll) {
  rows().forEach((row) => {
    if (row.dataset.finding !== id || !id) return row.removeAttribute("aria-current");
    row.setAttribute("aria-current", "true");
    return scroll && row.scrollIntoView({ block: "nearest" });
  });
}

function wireList(map) {
  document.addEventListener("click", (event) => {
    const row = event.target.closest("[data-finding]");
    const link = event.target.closest("a, button, input, summary, label");
    if (!row || (link && !link.matches("[data-pick]")) || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    map.select(row.dataset.finding, true);
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, [contenteditable]")) return;
    const step = { j: 1, k: -1 }[event.key];
    const all = rows().filter((row) => !row.hidden);
    if (!step || !all.length) return;
    const at = all.findIndex((row) => row.dataset.finding === map.chosen);
    const next = all[at < 0 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1)];
    map.select(next.dataset.finding, true);
    next.scrollIntoView({ block: "nearest" });
    next.querySelector("[data-pick]")?.focus({ preventScroll: true });
  });
}

document.querySelectorAll("[data-findings-map]").forEach((frame) => wireList(new FindingsMap(frame)));
