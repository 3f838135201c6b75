// The map without a network: the sketch of the line, the markers, one's own position. SVG, no tiles.

import { between, metres, s, t } from "./page.js";

const SIZE = 1000;
const STEPS = [5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000];

/** A chart of `extract` in the element `frame`; `choose(marker)` is called for a marker that is chosen. */
export class Chart {
  constructor(frame, extract, choose) {
    this.frame = frame;
    this.extract = extract;
    this.choose = choose;
    this.position = null;
    this.origin = centre(extract.markers.map((marker) => marker.position));
    this.box = around(this.all());
    this.svg = s("svg", { viewBox: `0 0 ${SIZE} ${SIZE}`, role: "group", "aria-label": t("patrol.map") });
    frame.replaceChildren(this.svg);
    this.drag();
    this.draw();
  }

  // Metres east and north of the middle of all markers.
  place([lon, lat]) {
    const { metres: far, azimuth } = between(this.origin, [lon, lat]);
    const rad = (azimuth * Math.PI) / 180;
    return [far * Math.sin(rad), far * Math.cos(rad)];
  }

  all() {
    return this.extract.markers.map((marker) => this.place(marker.position));
  }

  // From metres to the drawing.
  at([x, y]) {
    const scale = SIZE / this.box.size;
    return [SIZE / 2 + (x - this.box.x) * scale, SIZE / 2 - (y - this.box.y) * scale];
  }

  zoom(factor) {
    this.box.size = Math.min(Math.max(this.box.size * factor, 20), 2_000_000);
    this.draw();
  }

  whole() {
    this.box = around(this.all());
    this.draw();
  }

  here(position) {
    this.position = position;
    this.draw();
  }

  centreHere() {
    if (!this.position) return;
    [this.box.x, this.box.y] = this.place(this.position.point);
    this.draw();
  }

  draw() {
    this.svg.replaceChildren(...this.lines(), ...this.me(), ...this.markers(), ...this.bar());
  }

  lines() {
    const parts = this.extract.lines.flatMap((line) => line.sketch?.coordinates ?? []);
    return parts.map((part) => {
      const points = part.map((position) => this.at(this.place(position)).map((n) => n.toFixed(1)).join(","));
      return s("polyline", { points: points.join(" "), class: "line" });
    });
  }

  markers() {
    const named = [];
    return this.extract.markers.map((marker) => {
      const [x, y] = this.at(this.place(marker.position));
      // a number that would lie on another one is left out until somebody comes nearer
      const free = named.every(([a, b]) => Math.abs(a - x) > 190 || Math.abs(b - y) > 40);
      if (free) named.push([x, y]);
      const press = () => this.choose(marker);
      const keys = (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); press(); } };
      return s(
        "g",
        { class: `stone ${marker.mark ?? ""}`, role: "button", tabindex: "0", transform: `translate(${x},${y})`,
          "aria-label": t("patrol.marker_called", { code: marker.code }), onclick: press, onkeydown: keys },
        s("rect", { x: -60, y: -60, width: 120, height: 120, class: "touch" }),
        s("rect", { x: -16, y: -16, width: 32, height: 32 }),
        free ? s("text", { x: 26, y: 12 }, short(marker.code)) : null,
      );
    });
  }

  me() {
    if (!this.position) return [];
    const [x, y] = this.at(this.place(this.position.point));
    const radius = (this.position.accuracy_m * SIZE) / this.box.size;
    return [s("circle", { cx: x, cy: y, r: radius, class: "reach" }), s("circle", { cx: x, cy: y, r: 14, class: "me" })];
  }

  bar() {
    const wanted = this.box.size / 4;
    const step = STEPS.findLast((one) => one <= wanted) ?? STEPS[0];
    const width = (step * SIZE) / this.box.size;
    return [
      s("path", { d: `M30 ${SIZE - 60} v20 h${width} v-20`, class: "bar" }),
      s("text", { x: 40, y: SIZE - 70 }, metres(step)),
      s("path", { d: `M${SIZE - 60} 100 l20 -60 l20 60 z`, class: "north" }),
      s("text", { x: SIZE - 52, y: 140 }, "N"),
    ];
  }

  drag() {
    let from = null;
    this.svg.addEventListener("pointerdown", (event) => { from = [event.clientX, event.clientY]; });
    this.svg.addEventListener("pointermove", (event) => {
      if (!from || !event.buttons) return;
      const metresPerPixel = this.box.size / this.svg.getBoundingClientRect().width;
      this.box.x -= (event.clientX - from[0]) * metresPerPixel;
      this.box.y += (event.clientY - from[1]) * metresPerPixel;
      from = [event.clientX, event.clientY];
      this.draw();
    });
  }
}

/** The number in a code without what all codes of a line share. */
function short(code) {
  return code.length > 8 ? code.slice(-4) : code;
}

function centre(positions) {
  if (!positions.length) return [0, 0];
  const sum = positions.reduce(([x, y], [lon, lat]) => [x + lon, y + lat], [0, 0]);
  return sum.map((value) => value / positions.length);
}

function around(places) {
  const x = places.map((place) => place[0]);
  const y = places.map((place) => place[1]);
  const size = Math.max(Math.max(...x) - Math.min(...x), Math.max(...y) - Math.min(...y), 200) * 1.25;
  return places.length
    ? { x: (Math.min(...x) + Math.max(...x)) / 2, y: (Math.min(...y) + Math.max(...y)) / 2, size }
    : { x: 0, y: 0, size: 1000 };
}
