// Lines between units from their polygons: every border once, so that dash-dot lines do not run over each other.
// Neighbours of a simplified coverage share their vertices exactly, so an edge that two polygons hold is a border
// between two units, and an edge that only one holds is a coast, a frontier or the edge of what is shown.

function rings(geometry) {
  if (geometry.type === "Polygon") return geometry.coordinates;
  if (geometry.type === "MultiPolygon") return geometry.coordinates.flat();
  return [];
}

function edgeKey(a, b) {
  const first = a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);
  return first ? `${a[0]},${a[1]};${b[0]},${b[1]}` : `${b[0]},${b[1]};${a[0]},${a[1]}`;
}

function countEdges(features) {
  const counts = new Map();
  for (const feature of features) {
    for (const ring of rings(feature.geometry)) {
      for (let i = 1; i < ring.length; i += 1) {
        const key = edgeKey(ring[i - 1], ring[i]);
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
    }
  }
  return counts;
}

// Runs of edges of one kind along a ring become one line; a border is taken from the ring that meets it first.
function runsOf(ring, counts, done) {
  const lines = { inner: [], outer: [] };
  let run = null;
  let kind = null;
  for (let i = 1; i < ring.length; i += 1) {
    const key = edgeKey(ring[i - 1], ring[i]);
    const next = done.has(key) ? null : counts.get(key) > 1 ? "inner" : "outer";
    if (next === "inner") done.add(key);
    if (next !== kind || run === null) {
      run = next === null ? null : [ring[i - 1]];
      if (run) lines[next].push(run);
      kind = next;
    }
    run?.push(ring[i]);
  }
  return lines;
}

function multiline(lines, properties) {
  return { type: "Feature", properties, geometry: { type: "MultiLineString", coordinates: lines } };
}

/** Features `inner` (between two units) and `outer` (all other edges) of polygon features. */
export function mesh(features) {
  const counts = countEdges(features);
  const done = new Set();
  const inner = [];
  const outer = [];
  for (const feature of features) {
    for (const ring of rings(feature.geometry)) {
      const lines = runsOf(ring, counts, done);
      inner.push(...lines.inner);
      outer.push(...lines.outer);
    }
  }
  return [multiline(inner, { edge: "inner" }), multiline(outer, { edge: "outer" })];
}
