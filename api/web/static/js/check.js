// Checking a name as one types: the same address as the form's, asked for its part only. Without this
// script the form does the same. A question that is overtaken by the next one is given up.

const WAIT_MS = 120;
const form = document.querySelector("[data-check]");
const result = document.querySelector("#check-result");
let timer = 0;
let running = null;
let shown = address();

function address() {
  const asked = new URLSearchParams(new FormData(form));
  [...asked.entries()].forEach(([key, value]) => value.trim() === "" && asked.delete(key));
  return `/check?${asked}`;
}

async function ask() {
  const next = address();
  if (next === shown) return;
  running?.abort();
  running = new AbortController();
  try {
    const answer = await fetch(next, { headers: { "HX-Request": "true" }, signal: running.signal });
    if (!answer.ok) return form.submit();
    result.innerHTML = await answer.text();
    shown = next;
    history.replaceState(null, "", next);
  } catch (error) {
    if (error.name !== "AbortError") form.submit();
  }
}

function soon(event) {
  if (event.isComposing) return; // an input method is still choosing the character
  clearTimeout(timer);
  timer = setTimeout(ask, WAIT_MS);
}

form.addEventListener("input", soon);
form.addEventListener("compositionend", soon);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(timer);
  ask();
});

function findings() {
  return [...result.querySelectorAll(".findings > li")];
}

function choose(item) {
  findings().forEach((one) => (one === item ? one.setAttribute("aria-current", "true") : one.removeAttribute("aria-current")));
  const [start, end] = item.dataset.span.split(",").map(Number);
  result.querySelectorAll(".syllables > li").forEach((part) => {
    part.classList.toggle("chosen", Number(part.dataset.start) < end && start < Number(part.dataset.end));
  });
  item.scrollIntoView({ block: "nearest" });
}

function go(step) {
  const all = findings();
  const at = all.findIndex((item) => item.hasAttribute("aria-current"));
  if (all.length) choose(all[Math.min(Math.max(at + step, 0), all.length - 1)]);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  if (event.key === "j") go(1);
  if (event.key === "k") go(-1);
});
result.addEventListener("click", (event) => {
  const item = event.target.closest(".findings > li");
  if (item && !event.target.closest("a")) choose(item);
});
