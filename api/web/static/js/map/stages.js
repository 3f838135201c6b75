// The stages of a unit's history on its map: stepped through or played, without loading the page again.

const PAUSE_MS = 1600; // long enough to read the label of a stage

function wire(form) {
  const select = form.querySelector("select");
  const play = form.querySelector("[data-play]");
  const frame = document.querySelector("[data-map]");
  const words = play && { play: play.textContent, pause: play.dataset.pause };
  let timer = null;

  function show() {
    const { layer, level } = select.selectedOptions[0].dataset;
    frame.dispatchEvent(new CustomEvent("diming:layer", { detail: { layer, level } }));
    const address = new URL(window.location.href);
    address.searchParams.set("on", select.value);
    window.history.replaceState(null, "", address);
  }

  function stop() {
    window.clearInterval(timer);
    timer = null;
    if (play) play.textContent = words.play;
  }

  function step(by) {
    const next = select.selectedIndex + by;
    if (next < 0 || next >= select.length) return stop();
    select.selectedIndex = next;
    return show();
  }

  // A stage stays until it is drawn: on a slow line nothing is skipped.
  function forward() {
    if (frame.dataset.state !== "loading") step(1);
  }

  function toggle() {
    if (timer) return stop();
    if (select.selectedIndex === select.length - 1) {
      select.selectedIndex = 0;
      show();
    }
    play.textContent = words.pause;
    timer = window.setInterval(forward, PAUSE_MS);
    return null;
  }

  form.querySelector("[data-show]").hidden = true;
  select.addEventListener("change", () => { stop(); show(); });
  form.addEventListener("submit", (event) => { event.preventDefault(); show(); });
  form.querySelectorAll("[data-step]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => { stop(); step(Number(button.dataset.step)); });
  });
  if (!play) return;
  play.hidden = false;
  play.addEventListener("click", toggle);
}

document.querySelectorAll("[data-stages]").forEach(wire);
