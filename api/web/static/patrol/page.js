// Small things that the parts of the patrol page share: words, elements, ids, distances.

let words = {};

/** Fetch the words of both languages once; the worker keeps them. */
export async function loadWords(address) {
  words = await (await fetch(address)).json();
}

/** The language of the page. */
export const language = () => document.documentElement.lang.startsWith("en") ? "en" : "zh";

/** The text of `key`, with `{names}` replaced; the key itself where there is none, which a test would see. */
export function t(key, values = {}) {
  const text = words[language()]?.[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** Write the words into everything that names one by `data-t` or `data-t-label`. */
export function translate(root = document) {
  for (const one of root.querySelectorAll("[data-t]")) one.textContent = t(one.dataset.t);
  for (const one of root.querySelectorAll("[data-t-label]")) one.setAttribute("aria-label", t(one.dataset.tLabel));
}

/** An element with attributes, handlers (`on…`) and children; text is never read as HTML. */
export function h(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

/** The same for SVG. */
export function s(name, attributes = {}, ...children) {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** A fresh id, ordered by time (UUID version 7, RFC 9562 section 5.7). */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let now = Date.now();
  for (let at = 5; at >= 0; at -= 1) {
    bytes[at] = now % 256;
    now = Math.floor(now / 256);
  }
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

//: Semi-major axis of CGCS2000 in metres; on a sphere of it a distance of some kilometres is right to half a percent.
const RADIUS_M = 6_378_137;

/** Metres between two positions [lon, lat], and the direction from north in degrees. */
export function between([lon1, lat1], [lon2, lat2]) {
  const rad = Math.PI / 180;
  const x = (lon2 - lon1) * rad * Math.cos(((lat1 + lat2) / 2) * rad);
  const y = (lat2 - lat1) * rad;
  return { metres: Math.hypot(x, y) * RADIUS_M, azimuth: (Math.atan2(x, y) / rad + 360) % 360 };
}

/** A distance as one says it. */
export function metres(value) {
  return value < 1000 ? `${Math.round(value)} m` : `${(value / 1000).toFixed(1)} km`;
}

/** A moment as clocks here show it. */
export function moment(iso) {
  const at = new Date(iso);
  const two = (number) => String(number).padStart(2, "0");
  return `${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** Show `rows` in `list` and leave alone those that say what they said: a tap on a row that is exchanged meanwhile is lost. */
export function drawAnew(list, rows) {
  rows.forEach((row, at) => {
    const there = list.children[at];
    if (!there) list.append(row);
    else if (there.outerHTML !== row.outerHTML) there.replaceWith(row);
  });
  while (list.children.length > rows.length) list.lastElementChild.remove();
}
