// Sends what waits: the files of a thing first, then the thing; each exactly once, because the ids are made here and
// the server keeps an id once. A classic script shared by the page and its worker. `self.patrol.send` is all it adds.
"use strict";
(() => {
  const AT_ONCE = 10;
  const TIMEOUT_MS = 60_000;
  //: Refusals that pass by themselves: the thing goes on waiting.
  const PASSING = new Set(["file_not_arrived", "file_broken_off", "patrol_quota", "too_many_attempts"]);
  const { store } = self.patrol;

  // Why sending stopped: "offline", "sign_in", "other_account", "server", or the code of a refusal that passes.
  class Stopped extends Error {
    constructor(why) {
      super(why);
      this.why = why;
    }
  }

  async function request(address, options) {
    let answer;
    try {
      answer = await fetch(address, { ...options, credentials: "same-origin", signal: AbortSignal.timeout(TIMEOUT_MS) });
    } catch {
      throw new Stopped("offline");
    }
    if (answer.ok) return { value: await body(answer) };
    if (answer.status === 401) throw new Stopped("sign_in");
    if (answer.status >= 500) throw new Stopped("server");
    const problem = await body(answer);
    if (problem.code === "other_account") throw new Stopped("other_account");
    if (PASSING.has(problem.code)) throw new Stopped(problem.code);
    return { problem };
  }

  // An answer that breaks off is no answer: what it said is asked again.
  async function body(answer) {
    try {
      return await answer.json();
    } catch {
      throw new Stopped("offline");
    }
  }

  async function digest(bytes) {
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    return `sha-256=:${btoa(String.fromCharCode(...hash))}:`;
  }

  async function sendFile(item, file) {
    const kept = await store.file(file.id);
    if (!kept) return { problem: { code: "file_gone", detail: "" } };
    const address = `/v1/patrol/files/${file.id}?kind=${file.kind}&account=${item.account}`;
    const headers = { "Content-Digest": await digest(kept.bytes), "Content-Type": "application/octet-stream" };
    return request(address, { method: "PUT", headers, body: kept.bytes });
  }

  // Whether all files of a thing have arrived; a file that cannot be taken refuses the thing, and says why.
  async function sendFiles(item) {
    for (const file of item.files.filter((one) => !one.sent)) {
      const { problem } = await sendFile(item, file);
      if (problem) {
        await store.put({ ...item, state: "refused", problem });
        return false;
      }
      file.sent = true;
      await store.put(item);
    }
    return true;
  }

  async function sendBatch(items) {
    const of = (kind) => items.filter((item) => item.kind === kind).map((item) => item.body);
    const content = {
      account: items[0].account,
      sent_at: new Date().toISOString(),
      observations: of("observation"),
      walks: of("walk"),
    };
    const headers = { "Content-Type": "application/json" };
    const { value, problem } = await request("/v1/patrol/observations", {
      method: "POST", headers, body: JSON.stringify(content),
    });
    for (const item of items) {
      const result = value ? value.results.find((one) => one.id === item.id) : { outcome: "refused", problem };
      if (result) await settle(item, result);
    }
  }

  async function settle(item, result) {
    if (result.outcome === "kept") {
      const findings = result.findings.length;
      await store.settle({ ...item, state: "sent", sent_at: result.received_at, findings, problem: null });
    } else if (result.problem.code === "file_not_arrived") {
      const missing = new Set(result.problem.files);
      const files = item.files.map((file) => ({ ...file, sent: file.sent && !missing.has(file.id) }));
      await store.put({ ...item, files });
    } else if (!PASSING.has(result.problem.code)) {
      await store.put({ ...item, state: "refused", problem: result.problem });
    }
  }

  async function run(account, told) {
    const waiting = (await store.outbox()).filter((item) => item.state === "waiting" && item.account === account);
    try {
      for (let at = 0; at < waiting.length; at += AT_ONCE) {
        const ready = [];
        for (const item of waiting.slice(at, at + AT_ONCE)) if (await sendFiles(item)) ready.push(item);
        if (ready.length) await sendBatch(ready);
        told();
      }
      return { stopped: null, tried: waiting.length };
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      return { stopped: error.why, tried: waiting.length };
    } finally {
      told();
    }
  }

  let next = null;

  // One sender at a time, of all tabs and the worker; who comes meanwhile waits for his turn, once, and takes what waits
  // then. `told` is called when something has changed.
  function send(account, told = () => {}) {
    if (!account) return Promise.resolve({ stopped: "sign_in", tried: 0 });
    if (!navigator.locks) return run(account, told);
    next ??= navigator.locks.request("patrol-send", () => {
      next = null;
      return run(account, told);
    });
    return next;
  }

  self.patrol = { ...self.patrol, send };
})();
