// The slider over the versions: each stop is a link of the page, and goes where that link goes.

import { follow } from "./parts.js";

function stops() {
  return [...document.querySelectorAll("[data-stop]")];
}

function mark(at) {
  stops().forEach((stop, index) => {
    if (index === at) stop.closest("li").setAttribute("aria-current", "date"); else stop.closest("li").removeAttribute("aria-current");
  });
}

function tell(slider, at) {
  slider.setAttribute("aria-valuetext", stops()[at].closest("li").textContent.replace(/\s+/g, " ").trim());
}

function go(map, slider, at) {
  const stop = stops()[at];
  slider.value = at;
  tell(slider, at);
  if (!stop.matches("a")) return; // not yet within the register
  mark(at);
  follow(map, { as_of: stop.dataset.asOf || null }, { day: stop.dataset.from });
}

/** Let the slider and the links of the versions change the day of the map without a new page. */
export function wireSlider(map) {
  const slider = document.querySelector("[data-version-slider]");
  slider.hidden = slider.disabled;
  tell(slider, Number(slider.value));
  slider.addEventListener("input", () => go(map, slider, Number(slider.value)));
  document.addEventListener("click", (event) => {
    const stop = event.target.closest("a[data-stop]");
    if (!stop || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(map, slider, Number(stop.dataset.stop));
  });
}
