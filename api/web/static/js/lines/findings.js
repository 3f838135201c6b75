// The findings of a line on its map and in the list beneath it: choosing one here marks it there.

import { corners } from "../map/shared.js";
import { CLICKED_FINDINGS } from "./style.js";

const PADDING = 72;
// A finding of a point is shown at the scale of a sheet, about 1:5,000.
const CLOSEST = 16;
// Half the side of the square round a click in which a finding is hit, in pixels.
const NEAR = 6;

function rows() {
  return [...document.querySelectorAll("tr[data-work]")];
}

export class Findings {
  constructor(map) {
    this.map = map;
    this.chosen = new URLSearchParams(location.search).get("finding") ?? "";
    document.addEventListener("click", (event) => this.picked(event));
  }

  picked(event) {
    const row = event.target.closest("tr[data-work]");
    const link = event.target.closest("a");
    if (!row || (link && !link.matches("[data-work-pick]")) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.select(row.dataset.work, true);
  }

  // Findings lie upon each other: every further click at the same place chooses the next one.
  clicked({ x, y }) {
    const hits = this.map.map.queryRenderedFeatures([[x - NEAR, y - NEAR], [x + NEAR, y + NEAR]], { layers: CLICKED_FINDINGS });
    const here = [...new Set(hits.map((hit) => hit.properties.id))];
    if (!here.length) return false;
    this.select(here[(here.indexOf(this.chosen) + 1) % here.length], false);
    return true;
  }

  /** Choose a finding on the map and in the list, and keep it in the address. */
  select(id, move) {
    this.chosen = id;
    const address = new URL(location.href);
    address.searchParams.set("finding", id);
    address.search = address.search.replaceAll("%2F", "/");
    history.replaceState(history.state, "", address);
    this.show(move);
    if (!move) rows().find((row) => row.dataset.work === id)?.scrollIntoView({ block: "nearest" });
  }

  show(move = false) {
    const found = this.map.features.filter(({ properties: p }) => p.kind === "finding" && p.id === this.chosen);
    this.map.map.getSource("finding").setData({ type: "FeatureCollection", features: found });
    rows().forEach((row) => {
      if (row.dataset.work === this.chosen) row.setAttribute("aria-current", "true"); else row.removeAttribute("aria-current");
    });
    const box = move && corners(found);
    if (box) this.map.map.fitBounds(box, { padding: PADDING, maxZoom: CLOSEST, animate: false });
  }
}
