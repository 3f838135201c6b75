// The worker of the patrol page: serves the page and its files without a network, and sends what waits when the
// network is back (Background Sync, where there is one). What precedes this text is written by the server: BUILD, the
// digest of this build, SHELL, the address of the page, and FILES, everything that it needs.
/* global BUILD, SHELL, FILES */
"use strict";
const CACHE = `patrol-${BUILD}`;
const PAGE = /^\/patrol(\/m\/[0-9a-f-]+)?$/;

self.addEventListener("install", (event) => {
  const all = [SHELL, ...FILES].map((address) => new Request(address, { cache: "reload", credentials: "same-origin" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(all)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const old = (await caches.keys()).filter((name) => name.startsWith("patrol-") && name !== CACHE);
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  })());
});

// The page says when: never under somebody who is writing.
self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== self.location.origin) return;
  if (event.request.mode === "navigate" && PAGE.test(pathname)) event.respondWith(kept(SHELL, event.request));
  else if (FILES.includes(pathname)) event.respondWith(kept(pathname, event.request));
});

async function kept(address, request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(address)) ?? fetch(request);
}

self.addEventListener("sync", (event) => {
  if (event.tag === "patrol-send") event.waitUntil(sendAll());
});

async function sendAll() {
  const account = (await self.patrol.store.kept("extract"))?.account;
  const channel = new BroadcastChannel("patrol");
  const { stopped } = await self.patrol.send(account, () => channel.postMessage("changed"));
  channel.close();
  // the browser tries again later only where this fails
  if (stopped === "offline" || stopped === "server") throw new Error(stopped);
}
