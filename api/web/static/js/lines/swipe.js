// The swipe: a second map with the other version lies over the first, and shows left of the bar only.

import { Map as GlMap } from "../../lib/maplibre-gl.mjs";
import { addSquares, filtersOf, styleFor, SWITCHES } from "./style.js";

const collection = (features) => ({ type: "FeatureCollection", features });

export class Swipe {
  constructor(bench, button) {
    this.bench = bench;
    this.button = button;
    this.frame = bench.frame;
    this.bar = this.frame.querySelector("[data-swipe-bar]");
    this.box = this.frame.querySelector("[data-swiped]");
    this.over = null;
    button.addEventListener("click", () => this.turn(button.getAttribute("aria-pressed") !== "true"));
    this.bar.addEventListener("input", () => this.cut());
    bench.map.on("move", () => this.follow());
    bench.map.on("resize", () => { this.over?.resize(); this.cut(); });
  }

  // The version that the page compares with, else the one before the version that is looked at.
  otherDay() {
    const compared = document.querySelector("[data-compare] select")?.value;
    const days = [...document.querySelectorAll("[data-stop]")].map((stop) => stop.dataset.from);
    const at = days.filter((day) => day <= this.bench.day).length - 1;
    return compared || days[at - 1] || days[at + 1];
  }

  turn(on) {
    this.button.setAttribute("aria-pressed", String(on));
    [this.box, this.bar].forEach((part) => { part.hidden = !on; });
    this.box.parentElement.classList.toggle("swiping", on);
    this.frame.querySelectorAll("[data-before], [data-after]").forEach((part) => { part.hidden = !on; });
    // Of two versions beside each other none is drawn twice.
    document.querySelector("[data-layer-switch][value=former]").disabled = on;
    this.bench.toggle("former", !on && document.querySelector("[data-layer-switch][value=former]").checked);
    if (!on) return;
    this.over ??= this.make();
    this.over.resize();
    this.compare();
    this.follow();
    this.cut();
    this.bar.focus();
  }

  make() {
    const { basemap, basemapMaxZoom, level } = this.frame.dataset;
    const map = new GlMap({
      container: this.box, style: styleFor(level, { url: basemap, maxZoom: basemapMaxZoom }, this.otherDay()), interactive: false,
      attributionControl: false, fadeDuration: 0, center: this.bench.map.getCenter(), zoom: this.bench.map.getZoom(),
      canvasContextAttributes: { preserveDrawingBuffer: true },
    });
    map.getCanvas().setAttribute("tabindex", "-1");
    map.on("load", () => {
      addSquares(map);
      // Today's surveys and findings say nothing of an earlier version.
      [...SWITCHES.former, ...SWITCHES.work].forEach((layer) => map.setLayoutProperty(layer, "visibility", "none"));
      map.getSource("line").setData(collection(this.bench.features));
      map.once("idle", () => { this.box.dataset.state = "ready"; });
    });
    return map;
  }

  /** Show the version that the page compares with on the left of the bar. */
  compare() {
    const day = this.otherDay();
    const set = () => Object.entries(filtersOf(day)).forEach(([layer, filter]) => this.over.setFilter(layer, filter));
    if (this.over) { if (this.over.isStyleLoaded()) set(); else this.over.once("load", set); }
    this.frame.querySelector("[data-before]").textContent = day;
    this.frame.querySelector("[data-after]").textContent = this.bench.day;
  }

  showDay() {
    if (this.button.getAttribute("aria-pressed") === "true") this.compare();
  }

  follow() {
    this.over?.jumpTo({ center: this.bench.map.getCenter(), zoom: this.bench.map.getZoom() });
  }

  cut() {
    this.box.style.clipPath = `inset(0 ${100 - this.bar.value}% 0 0)`;
    this.box.parentElement.style.setProperty("--at", `${this.bar.value}%`);
  }
}
