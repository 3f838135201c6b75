// The parts of the page beside the map follow what is chosen: the server makes them, the address holds the choice.

const EDITED = "input, textarea, select, [contenteditable]";
let asked = 0;

function addressWith(change) {
  const address = new URL(location.href);
  Object.entries(change).forEach(([name, value]) => (value ? address.searchParams.set(name, value) : address.searchParams.delete(name)));
  address.search = address.search.replaceAll("%2F", "/");
  return address;
}

// Of several answers under way only the last one counts.
async function fetchParts(address) {
  asked += 1;
  const mine = asked;
  const answer = await fetch(address, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (mine !== asked) return null;
  if (!answer?.ok) return { failed: true };
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

function put(parts) {
  const at = document.activeElement?.id;
  parts.querySelectorAll("[data-part]").forEach((part) => document.getElementById(part.id)?.replaceWith(document.adoptNode(part)));
  if (at && document.activeElement === document.body) document.getElementById(at)?.focus({ preventScroll: true });
}

/** Go to what `change` asks for (as_of, segment, with): the address, the map, and the parts of the page. */
export async function follow(map, change, { day, move = false } = {}) {
  const address = addressWith(change);
  history.replaceState(history.state, "", address);
  if (day) map.showDay(day);
  if ("segment" in change) map.choose(change.segment ?? "", move);
  document.querySelector("#line-side").setAttribute("aria-busy", "true");
  const parts = await fetchParts(address);
  if (!parts) return;
  if (parts.failed) map.tell(map.words.part_failed, "");
  else put(parts);
  document.querySelector("#line-side").removeAttribute("aria-busy");
  map.choose(map.chosen, false);
  if ("with" in change || day) {
    map.showLand();
    map.swipe.compare();
  }
}

function clicked(map, event) {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest("a");
  const row = event.target.closest("tr[data-segment]");
  if (link?.matches("[data-unpick]")) {
    event.preventDefault();
    follow(map, { segment: null });
  } else if (row && (!link || link.matches("[data-pick]"))) {
    event.preventDefault();
    follow(map, { segment: row.dataset.segment }, { move: true });
  }
}

function keyed(map, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest(EDITED)) return;
  const step = { j: 1, k: -1 }[event.key];
  const rows = [...document.querySelectorAll("tr[data-segment]")];
  if (!step || !rows.length) return;
  const at = rows.findIndex((row) => row.dataset.segment === map.chosen);
  const next = rows[at < 0 ? 0 : Math.min(Math.max(at + step, 0), rows.length - 1)];
  follow(map, { segment: next.dataset.segment }, { move: true });
}

/** Rows, the form of the comparison and the keys j and k lead where their links lead, without a new page. */
export function wireParts(map) {
  document.addEventListener("click", (event) => clicked(map, event));
  document.addEventListener("keydown", (event) => keyed(map, event));
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-compare]")) return;
    event.preventDefault();
    follow(map, { with: event.target.elements.with.value || null });
  });
}
