// What is to be done and what waits: the list of markers, and everything that was saved on this phone.

import { between, h, language, metres, moment, t } from "./page.js";

/** The markers of `extract`, those with a task first, then the nearest where the position is known. */
export function ordered(extract, position, items = []) {
  const open = extract.tasks.filter((task) => !items.some((item) => does(item, task)));
  const due = new Map(open.map((task) => [task.marker, task]).reverse());
  const far = (marker) => (position ? between(position.point, marker.position).metres : 0);
  const rank = (marker) => (due.has(marker.id) ? due.get(marker.id).due_on : "9999");
  return extract.markers
    .map((marker) => ({ marker, task: due.get(marker.id), far: position ? far(marker) : null }))
    .sort((a, b) => rank(a.marker).localeCompare(rank(b.marker)) || (a.far ?? 0) - (b.far ?? 0) ||
      a.marker.code.localeCompare(b.marker.code));
}

// What was saved here does a task of its marker from the day on which the plan begins, also before it is sent.
function does(item, task) {
  return item.marker?.id === task.marker && item.state !== "refused" && item.made_at.slice(0, 10) >= task.begin_on;
}

/** A row of the list; `item` is the last thing saved here about this marker. */
export function markerRow({ marker, task, far }, item, extract, today) {
  const parts = [marker.place, far === null ? null : metres(far)].filter(Boolean).join(" · ");
  return h("li", { "data-marker": marker.id },
    h("a", { href: `#/m/${marker.id}`, class: "row" },
      h("strong", {}, marker.code),
      h("span", { class: "soft" }, parts),
      h("span", { class: "signs" }, task ? dueSign(task, today) : null, lastSign(marker, item, extract))));
}

function dueSign(task, today) {
  const late = task.due_on < today;
  return h("span", { class: late ? "sign late" : "sign" }, t(late ? "patrol.overdue" : "patrol.due", { date: task.due_on }));
}

function lastSign(marker, item, extract) {
  if (item) return h("span", { class: `sign ${item.state}` }, t(`patrol.item.${item.state}`));
  if (!marker.last_seen) return null;
  return h("span", { class: "sign" }, `${stateWord(extract, marker.last_seen.state)} ${moment(marker.last_seen.at)}`);
}

/** The word for a state. */
export function stateWord(extract, key) {
  return extract?.states.find((state) => state.key === key)?.[language()] ?? key;
}

/** Everything that was saved here, what needs somebody first. */
export function outboxList(items, extract, { again, discard }) {
  const rank = { refused: 0, waiting: 1, sent: 2 };
  const rows = [...items].reverse().sort((a, b) => rank[a.state] - rank[b.state]);
  return rows.map((item) => outboxRow(item, extract, again, discard));
}

function outboxRow(item, extract, again, discard) {
  const what = item.kind === "walk"
    ? t("patrol.walk_item")
    : `${item.marker.code} · ${stateWord(extract, item.body.state)}`;
  const foreign = extract && item.account !== extract.account;
  const actions = item.state === "refused"
    ? h("span", { class: "actions" },
      h("button", { type: "button", onclick: () => again(item) }, t("patrol.again")),
      h("button", { type: "button", class: "danger", onclick: () => discard(item) }, t("patrol.discard")))
    : null;
  return h("li", { class: item.state, "data-item": item.id },
    h("span", { class: `sign ${item.state}` }, t(`patrol.item.${item.state}`)),
    h("strong", {}, what),
    h("span", { class: "soft" }, moment(item.made_at), item.files.length ? ` · ${t("patrol.files", { count: item.files.length })}` : "",
      item.findings ? ` · ${t("patrol.findings", { count: item.findings })}` : ""),
    item.problem ? h("span", { class: "error" }, problemText(item.problem)) : null,
    foreign && item.state === "waiting" ? h("span", { class: "error" }, t("patrol.of_another")) : null,
    actions);
}

/** Why the office refused it: in our words where we have some, else in its own. */
export function problemText(problem) {
  const key = `patrol.problem.${problem.code}`;
  const said = t(key);
  return said === key ? `${problem.detail} (${problem.code})` : said;
}
