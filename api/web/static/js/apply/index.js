// Applying for a name: what is found about it as one types, and the map on which its place is drawn. Without this
// script the form does the same by its buttons. A check that is overtaken by the next one is given up.

import { Sketch } from "./sketch.js";

const WAIT_MS = 350;
// What the check depends on: all else changes nothing of it.
const CHECKED = new Set(["kind", "class", "type", "names", "within", "place_id", "points", "shape", "meaning", "reason", "origin", "applicant_name", "circumstance", "reserved_id"]);
const form = document.querySelector("[data-apply]");
const found = document.querySelector("#apply-found");
const checking = document.querySelector("[data-checking]");
let timer = 0;
let running = null;

function typed() {
  const data = new FormData(form);
  [...data.entries()].forEach(([name, value]) => { if (value instanceof File || name === "do") data.delete(name); });
  return data;
}

async function check() {
  running?.abort();
  running = new AbortController();
  checking.hidden = false;
  try {
    const answer = await fetch(form.dataset.check + location.search, { method: "POST", body: typed(), headers: { Accept: "text/html" }, signal: running.signal });
    if (answer.ok) found.innerHTML = await answer.text(); // what cannot be checked now is told by the buttons
  } catch (error) {
    if (error.name === "AbortError") return;
  }
  checking.hidden = true;
}

function soon(event) {
  if (event.isComposing || !(CHECKED.has(event.target.name) || event.target.name.startsWith("figure."))) return;
  clearTimeout(timer);
  timer = setTimeout(check, WAIT_MS);
}

form.addEventListener("input", soon);
form.addEventListener("compositionend", soon);

const frame = document.querySelector("[data-draw]");
const sketch = new Sketch(frame, {
  points: form.querySelector("#a-points"), shape: form.querySelector("#a-shape"), class: form.querySelector("#a-class"),
  within: form.querySelector("#a-within"), tools: document.querySelector("[data-tools]"),
});
frame.sketch = sketch; // within reach of whatever else the page has

// A file with the outline is read at once, so that it is seen; sent with the form it is read again.
form.querySelector("#a-outline").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  if (file && file.size < 400_000) sketch.say((await file.text()).trim());
});

// On a narrow screen what is found stands right below the names, where it is seen while they are typed.
const looked = document.querySelector(".apply-looked");
const names = form.querySelector("#a-names").closest("div");
const narrow = matchMedia("(max-width: 69.99em)");
function settle() {
  if (narrow.matches) names.after(looked);
  else form.querySelector(".apply-fields").after(looked);
}
narrow.addEventListener("change", settle);
settle();
