// The patrol page: what was taken along, where one is, what is saved and what is sent. Everything that is shown comes
// from the phone itself; the network is asked beside it and may be away.

import { Chart } from "./chart.js";
import { markerRow, ordered, outboxList } from "./lists.js";
import { Observe, told } from "./observe.js";
import { drawAnew, h, loadWords, moment, newId, t, translate } from "./page.js";

const { store, send } = self.patrol;
const $ = (id) => document.getElementById(id);
const channel = new BroadcastChannel("patrol");
const shown = { extract: null, position: null, chart: null, form: null, stopped: null, fetched: null };

// -- what was taken along ------------------------------------------------------------------------------------------

async function takeAlong() {
  try {
    const answer = await fetch("/v1/patrol/extract", { credentials: "same-origin" });
    if (answer.status === 401) shown.stopped = "sign_in";
    else if (answer.status >= 500) shown.stopped = "server";
    if (!answer.ok) return;
    const extract = await answer.json();
    await store.keep("extract", { ...extract, taken_at: new Date().toISOString() });
    shown.stopped = null;
  } catch {
    shown.stopped = "offline";
  }
}

// -- sending -------------------------------------------------------------------------------------------------------

async function sendAll() {
  const { stopped, tried } = await send(shown.extract?.account, refresh);
  // where nothing was tried, nothing is known anew
  if (tried) shown.stopped = stopped;
  await refresh();
}

// Where the browser can, it sends by itself when the network is back, also when this page is closed.
async function askForSync() {
  const worker = await navigator.serviceWorker?.ready;
  await worker?.sync?.register("patrol-send").catch(() => null);
}

async function saved(item) {
  location.hash = "#/";
  say(t("patrol.saved", { code: item.marker?.code ?? "" }));
  await refresh();
  await askForSync();
  await sendAll();
}

async function again(item) {
  await store.put({ ...item, state: "waiting", problem: null });
  await sendAll();
}

async function discard(item) {
  if (!confirm(t("patrol.discard_sure"))) return;
  await store.discard(item);
  await refresh();
}

// -- going out -----------------------------------------------------------------------------------------------------

async function walk() {
  const begun = await store.kept("walk");
  if (!begun) {
    await store.keep("walk", { id: newId(), begun_at: new Date().toISOString() });
  } else {
    const ended_at = new Date().toISOString();
    const body = { id: begun.id, begun_at: begun.begun_at, ended_at, note: "" };
    const item = { id: begun.id, kind: "walk", account: shown.extract?.account, body, files: [], state: "waiting", made_at: ended_at };
    await store.put(item, "walk");
    askForSync();
    sendAll();
  }
  await refresh();
}

// -- what is shown -------------------------------------------------------------------------------------------------

async function refresh() {
  shown.extract = await store.kept("extract");
  const items = await store.outbox();
  showStatus(items);
  await showWalk();
  const outbox = outboxList(items, shown.extract, { again, discard });
  $("outbox").replaceChildren(...(outbox.length ? outbox : [h("li", { class: "soft" }, t("patrol.outbox_empty"))]));
  if (shown.extract) showMarkers(items);
  else $("markers").replaceChildren(h("li", { class: "soft" }, t("patrol.nothing_taken")));
  $("taken").textContent = shown.extract ? t("patrol.taken_at", { at: moment(shown.extract.taken_at) }) : "";
}

function showStatus(items) {
  const count = (state) => items.filter((item) => item.state === state).length;
  const [waiting, refused] = [count("waiting"), count("refused")];
  $("waiting").textContent = waiting;
  $("sent").textContent = count("sent");
  $("refused").textContent = refused;
  $("refused-part").hidden = refused === 0;
  $("send").disabled = waiting === 0;
  $("net").textContent = t(navigator.onLine ? "patrol.online" : "patrol.offline");
  $("net").className = navigator.onLine ? "pill on" : "pill off";
  const always = ["sign_in", "other_account", "server"].includes(shown.stopped);
  const why = waiting || always ? shown.stopped : null;
  $("stopped").hidden = !why;
  $("stopped").textContent = why ? t(`patrol.stopped.${why}`) : "";
  $("sign-in").hidden = why !== "sign_in" && why !== "other_account";
}

async function showWalk() {
  const begun = await store.kept("walk");
  $("walk").textContent = begun ? t("patrol.walk_end", { at: moment(begun.begun_at) }) : t("patrol.walk_begin");
  $("walk").classList.toggle("out", Boolean(begun));
  $("walk").disabled = !shown.extract;
}

function showMarkers(items) {
  const last = new Map(items.filter((item) => item.marker).map((item) => [item.marker.id, item]));
  const today = new Date().toLocaleDateString("sv");
  const { extract, position } = shown;
  const rows = ordered(extract, position, items);
  for (const { marker, task } of rows) {
    marker.mark = last.get(marker.id)?.state ?? (task ? "due" : "");
  }
  const list = rows.map((row) => markerRow(row, last.get(row.marker.id), extract, today));
  drawAnew($("markers"), list.length ? list : [h("li", { class: "soft" }, t("patrol.no_markers"))]);
  if (!shown.chart || shown.fetched !== extract.taken_at) {
    shown.fetched = extract.taken_at;
    shown.chart = new Chart($("chart"), extract, (marker) => { location.hash = `#/m/${marker.id}`; });
    if (position) shown.chart.here(position);
  } else {
    shown.chart.extract = extract;
    shown.chart.draw();
  }
}

function say(text) {
  $("said").textContent = text;
}

async function route() {
  const [, name, id] = location.hash.split("/");
  const marker = name === "m" ? shown.extract?.markers.find((one) => one.id === id) : null;
  shown.form?.leave();
  shown.form = null;
  $("home").hidden = Boolean(marker);
  $("form").hidden = !marker;
  if (name === "m" && !marker) say(t("patrol.not_mine"));
  if (!marker) return;
  say("");
  scrollTo(0, 0);
  shown.form = new Observe($("form"), { extract: shown.extract, marker, position: shown.position, done: saved });
  await shown.form.show();
}

// -- where one is --------------------------------------------------------------------------------------------------

function watchPosition() {
  if (!navigator.geolocation) return;
  const came = ({ coords }) => {
    shown.position = { point: [coords.longitude, coords.latitude], accuracy_m: Math.max(coords.accuracy, 0.1) };
    shown.chart?.here(shown.position);
    shown.form?.here(shown.position);
  };
  navigator.geolocation.watchPosition(came, () => null, { enableHighAccuracy: true, maximumAge: 10_000 });
}

// -- the page itself -----------------------------------------------------------------------------------------------

async function setLanguage(code) {
  document.documentElement.lang = code === "en" ? "en" : "zh-CN";
  $("language").textContent = code === "en" ? "中文" : "English";
  $("language").lang = code === "en" ? "zh-CN" : "en";
  translate();
  document.title = t("patrol.title");
}

async function changeLanguage() {
  const code = document.documentElement.lang.startsWith("en") ? "zh" : "en";
  await store.keep("language", code);
  await setLanguage(code);
  await refresh();
  await route();
}

// A new version waits until somebody says so; what waits to be sent is not touched by it.
function watchUpdates(registration) {
  const offer = () => { $("update").hidden = !(registration.waiting && navigator.serviceWorker.controller); };
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", offer));
  offer();
  $("update-now").addEventListener("click", () => {
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    registration.waiting?.postMessage("take over");
  });
}

async function install() {
  if (!navigator.serviceWorker) return;
  try {
    watchUpdates(await navigator.serviceWorker.register("/patrol/worker.js", { scope: "/patrol" }));
    await navigator.serviceWorker.ready;
    $("ready").textContent = t("patrol.ready");
    document.documentElement.dataset.ready = "";
  } catch {
    $("ready").textContent = t("patrol.not_ready");
  }
}

// Without this the browser may clear what waits when the phone is full.
async function persist() {
  await navigator.storage?.persist?.().catch(() => false);
}

async function online() {
  await takeAlong();
  await refresh();
  await sendAll();
}

// The code on a marker leads to /patrol/m/ID: the same page at that marker.
function fromCode() {
  const found = location.pathname.match(/^\/patrol\/m\/([0-9a-f-]{36})$/);
  if (found) history.replaceState(null, "", `/patrol#/m/${found[1]}`);
}

async function begin() {
  await loadWords(document.body.dataset.words);
  await setLanguage((await store.kept("language")) ?? (document.documentElement.lang.startsWith("en") ? "en" : "zh"));
  fromCode();
  $("send").addEventListener("click", sendAll);
  $("walk").addEventListener("click", walk);
  $("language").addEventListener("click", changeLanguage);
  $("renew").addEventListener("click", online);
  $("nearer").addEventListener("click", () => shown.chart?.zoom(0.5));
  $("farther").addEventListener("click", () => shown.chart?.zoom(2));
  $("whole").addEventListener("click", () => shown.chart?.whole());
  $("here").addEventListener("click", () => shown.chart?.centreHere());
  addEventListener("hashchange", route);
  addEventListener("online", online);
  addEventListener("offline", refresh);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && online());
  channel.addEventListener("message", refresh);
  await refresh();
  await route();
  document.body.dataset.state = "begun";
  watchPosition();
  await Promise.all([install(), persist(), store.forget()]);
  const before = shown.extract;
  await online();
  if (!before) await route();
}

begin().catch((error) => {
  $("stopped").hidden = false;
  $("stopped").textContent = told(error);
});
