// The desk by keyboard: j and k go down and up, x chooses, Enter opens (the focus is on the link).
// Everything here only makes quicker what links and boxes do without it.

const rows = [...document.querySelectorAll("[data-row]")];
const all = document.querySelector("[data-all]");
const boxes = rows.map((row) => row.querySelector("input[type=checkbox]")).filter(Boolean);

function typing(target) {
  return target.closest("input:not([type=checkbox]), textarea, select") !== null;
}

function here() {
  return rows.findIndex((row) => row.contains(document.activeElement));
}

function go(step) {
  const next = Math.min(Math.max(here() + step, 0), rows.length - 1);
  rows[next]?.querySelector("[data-open]").focus();
}

const KEYS = {
  j: () => go(1),
  k: () => go(-1),
  x: () => rows[here()]?.querySelector("input[type=checkbox]")?.click(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (event.key in KEYS) {
    event.preventDefault();
    KEYS[event.key]();
  }
});

if (all) {
  all.hidden = false;
  all.addEventListener("change", () => boxes.forEach((box) => (box.checked = all.checked)));
}
