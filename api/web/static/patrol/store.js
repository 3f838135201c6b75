// What the phone keeps: what was taken along, what waits to be sent, the photos and voice notes with it.
// A classic script, because the page and its worker (importScripts) share it. `self.patrol.store` is all it adds.
"use strict";
(() => {
  const NAME = "diming-patrol";
  const VERSION = 1;
  //: What was sent is listed for a week, and then forgotten.
  const REMEMBERED_MS = 7 * 24 * 3600 * 1000;
  const STORES = ["outbox", "files", "kept"];

  let opening = null;

  function open() {
    opening ??= new Promise((resolve, reject) => {
      const request = indexedDB.open(NAME, VERSION);
      request.onupgradeneeded = () => {
        const names = request.result.objectStoreNames;
        if (!names.contains("outbox")) request.result.createObjectStore("outbox", { keyPath: "id" });
        if (!names.contains("files")) request.result.createObjectStore("files", { keyPath: "id" });
        if (!names.contains("kept")) request.result.createObjectStore("kept", { keyPath: "key" });
      };
      request.onsuccess = () => {
        request.result.onversionchange = () => { request.result.close(); opening = null; };
        resolve(request.result);
      };
      request.onerror = () => { opening = null; reject(request.error); };
    });
    return opening;
  }

  // One transaction over all stores: done when it is on the disk ("strict"), nothing of it when it is not.
  async function change(work) {
    const database = await open();
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(STORES, "readwrite", { durability: "strict" });
      const stores = Object.fromEntries(STORES.map((name) => [name, transaction.objectStore(name)]));
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new DOMException("aborted", "AbortError"));
      try {
        work(stores);
      } catch (error) {
        transaction.abort();
        reject(error);
      }
    });
  }

  async function ask(name, method, ...key) {
    const database = await open();
    return new Promise((resolve, reject) => {
      const request = database.transaction(name).objectStore(name)[method](...key);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  }

  const store = {
    async kept(key) {
      return (await ask("kept", "get", key))?.value ?? null;
    },
    keep(key, value) {
      return change(({ kept }) => (value === null ? kept.delete(key) : kept.put({ key, value })));
    },
    // Oldest first, so that what was seen first arrives first.
    async outbox() {
      const all = await ask("outbox", "getAll");
      return all.sort((a, b) => (a.made_at < b.made_at ? -1 : a.made_at > b.made_at ? 1 : 0));
    },
    item(id) {
      return ask("outbox", "get", id);
    },
    file(id) {
      return ask("files", "get", id);
    },
    keepFile(file) {
      return change(({ files }) => files.put(file));
    },
    dropFile(id) {
      return change(({ files }) => files.delete(id));
    },
    // An observation is put where it waits in the same step that removes its draft.
    put(item, draft = null) {
      return change(({ outbox, kept }) => {
        outbox.put(item);
        if (draft) kept.delete(draft);
      });
    },
    // Sent: the bytes are no longer needed here.
    settle(item) {
      return change(({ outbox, files }) => {
        outbox.put(item);
        for (const file of item.files) files.delete(file.id);
      });
    },
    discard(item) {
      return change(({ outbox, files }) => {
        outbox.delete(item.id);
        for (const file of item.files) files.delete(file.id);
      });
    },
    async forget(now = Date.now()) {
      const old = (await store.outbox()).filter(
        (item) => item.state === "sent" && now - Date.parse(item.sent_at) > REMEMBERED_MS,
      );
      if (old.length) await change(({ outbox }) => old.forEach((item) => outbox.delete(item.id)));
    },
  };

  self.patrol = { ...self.patrol, store };
})();
