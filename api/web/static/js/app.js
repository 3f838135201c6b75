// What every page does beyond HTML: the search key, rows that open, the slider of time.
// Everything here only makes quicker what links and forms do without it.

const SEARCH_KEY = "/";

function typing(target) {
  return target.closest("input, textarea, select, [contenteditable]") !== null;
}

document.addEventListener("keydown", (event) => {
  if (event.key !== SEARCH_KEY || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  event.preventDefault();
  document.querySelector("#global-search")?.select();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});

// The slider holds years; what is asked for is the last day of the year, as the lists of the register are dated.
function yearEnd(slider) {
  const day = `${slider.value}-12-31`;
  return day > slider.dataset.last ? slider.dataset.last : day;
}

function wireSlider(form) {
  const slider = form.querySelector("input[type=range]");
  const date = form.querySelector("input[type=hidden][name=as_of]");
  const reading = form.querySelector("[data-reading]");
  if (!slider || slider.dataset.wired) return;
  slider.dataset.wired = "yes";
  slider.hidden = false;
  slider.addEventListener("input", () => {
    date.value = yearEnd(slider);
    slider.setAttribute("aria-valuetext", date.value);
    reading.textContent = date.value;
  });
  slider.addEventListener("change", () => form.requestSubmit());
}

// A wide lineage begins with the unit itself in the middle.
document.querySelectorAll(".lineage").forEach((box) => {
  const self = box.querySelector(".self");
  if (!self) return;
  const middle = self.getBoundingClientRect().left - box.getBoundingClientRect().left + self.getBoundingClientRect().width / 2;
  box.scrollLeft += middle - box.clientWidth / 2;
});

// A lineage of which a part is out of sight says so.
function tellScrolling() {
  document.querySelectorAll(".lineage").forEach((box) => {
    box.parentElement.querySelector("[data-scroll-hint]").hidden = box.scrollWidth <= box.clientWidth;
  });
}

tellScrolling();
window.addEventListener("resize", tellScrolling);

// The map view in the address is the map's own doing; keep it when a form reloads the page.
function wire() {
  document.querySelectorAll("form.timeslider").forEach(wireSlider);
}

wire();
document.addEventListener("htmx:after:swap", wire);
