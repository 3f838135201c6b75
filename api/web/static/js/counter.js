// Handing in a large file: in pieces (tus 1.0), with a bar, going on after a lost connection, also after the page was
// closed. Without this script the form hands in the file at once.

const PIECE = 4 * 1024 * 1024;
const WAITS_S = [1, 2, 4, 8, 15, 30];
const form = document.querySelector("[data-counter]");

const base64 = (bytes) => btoa(String.fromCharCode(...bytes));
const pause = (seconds) => new Promise((resolve) => { setTimeout(resolve, seconds * 1000); });

class Refused extends Error {}

class Sending {
  constructor(file, tell) {
    this.file = file;
    this.tell = tell;
    this.key = `upload:${file.name}:${file.size}:${file.lastModified}`;
    this.address = localStorage.getItem(this.key);
    this.stopped = new AbortController();
  }

  get id() {
    return this.address.split("/").at(-1);
  }

  // Where to go on: where the server stands, or the beginning of a new upload.
  async begin() {
    if (this.address) {
      const standing = await this.ask(this.address, { method: "HEAD" });
      if (standing.ok) return Number(standing.headers.get("Upload-Offset"));
    }
    const name = base64(new TextEncoder().encode(this.file.name));
    const headers = { "Upload-Length": String(this.file.size), "Upload-Metadata": `filename ${name}` };
    const begun = await this.ask("/v1/uploads", { method: "POST", headers });
    if (!begun.ok) throw new Refused((await begun.json()).detail);
    this.address = begun.headers.get("Location");
    localStorage.setItem(this.key, this.address);
    return 0;
  }

  ask(address, options) {
    return fetch(address, { ...options, headers: { "Tus-Resumable": "1.0.0", ...options.headers }, signal: this.stopped.signal });
  }

  async piece(offset) {
    const bytes = await this.file.slice(offset, offset + PIECE).arrayBuffer();
    const headers = { "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(offset) };
    if (globalThis.crypto.subtle) { // browsers offer it on https and on this very machine
      const digest = await crypto.subtle.digest("SHA-256", bytes);
      headers["Upload-Checksum"] = `sha256 ${base64(new Uint8Array(digest))}`;
    }
    const answer = await this.ask(this.address, { method: "PATCH", headers, body: bytes });
    if (answer.ok) return Number(answer.headers.get("Upload-Offset"));
    if (answer.status === 409) return (await answer.json()).offset ?? offset;
    if (answer.status === 460 || answer.status >= 500) throw new Error("again");
    throw new Refused((await answer.json()).detail);
  }

  // Until all is there; a connection that is lost is waited for.
  async send() {
    let offset = null;
    let failures = 0;
    const began = performance.now();
    let from = 0;
    while (offset === null || offset < this.file.size) {
      try {
        if (offset === null) {
          offset = await this.begin();
          from = offset;
        } else {
          offset = await this.piece(offset);
        }
        failures = 0;
        const seconds = (performance.now() - began) / 1000;
        this.tell.progress(offset, this.file.size, offset > from ? (this.file.size - offset) * (seconds / (offset - from)) : null);
      } catch (error) {
        if (error instanceof Refused || this.stopped.signal.aborted) throw error;
        const wait = WAITS_S[Math.min(failures, WAITS_S.length - 1)];
        failures += 1;
        this.tell.waiting(wait);
        await pause(wait);
        if (offset !== null) offset = await this.begin().catch(() => offset);
      }
    }
    localStorage.removeItem(this.key);
    return this.id;
  }
}

class Counter {
  constructor() {
    this.words = JSON.parse(form.dataset.words);
    this.input = form.elements.file;
    this.box = form.querySelector("[data-sending]");
    this.sending = null;
    form.querySelector("[data-drop-words]").hidden = false;
    this.wireDrop(form.querySelector("[data-drop]"));
    this.input.addEventListener("change", () => this.look());
    form.querySelector("[data-stop]").addEventListener("click", () => this.stop());
    form.addEventListener("submit", (event) => {
      if (!this.input.files.length || this.input.disabled) return;
      event.preventDefault();
      if (!this.sending && this.look()) this.send();
    });
  }

  wireDrop(area) {
    const over = (event) => {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      area.classList.toggle("over", event.type === "dragover");
    };
    ["dragover", "dragleave"].forEach((name) => area.addEventListener(name, over));
    area.addEventListener("drop", (event) => {
      over(event);
      if (event.dataTransfer.files.length !== 1) return;
      this.input.files = event.dataTransfer.files;
      this.look();
    });
  }

  // Whether the file can be handed in; said before a byte of it is sent.
  look() {
    const file = this.input.files[0];
    if (!file) return false;
    const fits = file.size <= Number(form.dataset.limit);
    this.say(fits ? "" : this.words.too_large.replace("{size}", (file.size / 2 ** 30).toFixed(2)));
    this.input.setAttribute("aria-invalid", String(!fits));
    return fits;
  }

  say(text) {
    this.box.hidden = !text;
    this.box.querySelector("[data-status]").textContent = text;
    this.box.querySelector("progress").hidden = !this.sending;
    this.box.querySelector("[data-stop]").hidden = !this.sending;
  }

  progress(done, size, left) {
    this.box.querySelector("progress").value = (100 * done) / size;
    const mb = (bytes) => (bytes / 2 ** 20).toFixed(1);
    const rest = left === null ? "" : this.words.left.replace("{seconds}", String(Math.ceil(left)));
    this.say(this.words.sending.replace("{done}", mb(done)).replace("{size}", mb(size)) + rest);
  }

  async send() {
    this.sending = new Sending(this.input.files[0], {
      progress: (...numbers) => this.progress(...numbers),
      waiting: (seconds) => this.say(this.words.waiting.replace("{seconds}", String(seconds))),
    });
    this.say(this.sending.address ? this.words.resumed : this.words.beginning);
    try {
      const id = await this.sending.send();
      this.say(this.words.done);
      form.elements.upload.disabled = false;
      form.elements.upload.value = id;
      this.input.disabled = true;
      form.requestSubmit();
    } catch (error) {
      const stopped = this.sending.stopped.signal.aborted;
      this.sending = null;
      this.say(stopped ? this.words.stopped : this.words.refused.replace("{why}", error.message));
    }
  }

  // What has arrived stays: the same file chosen again goes on there.
  stop() {
    this.sending?.stopped.abort();
  }
}

if (form) {
  const counter = new Counter();
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    counter.input.disabled = false;
    form.elements.upload.disabled = true;
  });
}
