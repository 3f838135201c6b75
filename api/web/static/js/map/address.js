// The address bar holds the map view: map=zoom/latitude/longitude, to about ten metres.

/** The view in the address of this page, or null. */
export function viewFromAddress() {
  const parts = (new URLSearchParams(location.search).get("map") ?? "").split("/").map(Number);
  const [zoom, lat, lon] = parts;
  const sound = parts.length === 3 && parts.every(Number.isFinite) && Math.abs(lat) <= 85 && Math.abs(lon) <= 180;
  return sound ? { zoom, center: [lon, lat] } : null;
}

function replace(change) {
  const address = new URL(location.href);
  change(address.searchParams);
  // Slashes need no escape in a query and are easier to read without.
  address.search = address.search.replaceAll("%2F", "/");
  history.replaceState(history.state, "", address);
}

/** Keep the view of `map` in the address. */
export function keepView(map) {
  const { lng, lat } = map.getCenter();
  replace((query) => query.set("map", `${map.getZoom().toFixed(2)}/${lat.toFixed(4)}/${lng.toFixed(4)}`));
}

/** Keep the chosen unit in the address; none clears it. */
export function keepChoice(code) {
  replace((query) => (code ? query.set("unit", code) : query.delete("unit")));
}
