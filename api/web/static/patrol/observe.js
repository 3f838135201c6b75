// The form for one marker: its state, position, photos, a voice note, witness distances, a note. What is typed is kept
// as a draft at every step, so that a phone that dies loses nothing.

import { Recorder, Told, keepPhoto, keepVoice, records } from "./media.js";
import { between, h, language, metres, newId, t } from "./page.js";

const { store } = self.patrol;
//: A voice note of this length has about 1.2 MB at 32 kbit/s.
const LONGEST_VOICE_MS = 300_000;

export class Observe {
  constructor(frame, { extract, marker, position, done, tell }) {
    Object.assign(this, { frame, extract, marker, done, tell });
    this.limits = extract.limits;
    this.key = `draft:${marker.id}`;
    this.position = position;
    this.urls = [];
  }

  async show() {
    const empty = { id: newId(), state: null, note: "", witnesses: {}, photos: [], voice: [], position: null };
    this.draft = (await store.kept(this.key)) ?? empty;
    if (!this.draft.position && this.position) this.draft.position = this.position;
    this.render();
  }

  leave() {
    for (const url of this.urls) URL.revokeObjectURL(url);
  }

  keepDraft() {
    return store.keep(this.key, this.draft);
  }

  // A position that came in: taken while nothing better is there, said in words always.
  here(position) {
    this.position = position;
    const known = this.draft?.position;
    if (this.draft && (!known || position.accuracy_m < known.accuracy_m)) this.draft.position = position;
    const place = this.frame.querySelector("#position");
    if (place) place.textContent = this.placeText();
  }

  placeText() {
    const position = this.draft.position;
    if (!position) return t("patrol.position_none");
    const { metres: far } = between(this.marker.position, position.point);
    return t("patrol.position_is", { accuracy: Math.round(position.accuracy_m), distance: metres(far) });
  }

  render() {
    const { marker } = this;
    this.form = h(
      "form", { class: "observe", onsubmit: (event) => this.save(event), novalidate: true },
      h("h2", { tabindex: "-1" }, t("patrol.marker_called", { code: marker.code })),
      h("p", { class: "soft" }, [marker.place, marker.material].filter(Boolean).join(" · ")),
      this.states(), this.place(), this.photos(), this.voice(), this.witnesses(), this.note(),
      h("p", { id: "form-error", class: "error", role: "alert", hidden: true }),
      h("div", { class: "bottom" },
        h("button", { type: "submit", class: "main" }, t("patrol.save")),
        h("a", { href: "#/", class: "button" }, t("patrol.back"))),
    );
    this.frame.replaceChildren(this.form);
    this.form.querySelector("h2").focus();
  }

  states() {
    const choose = (state) => { this.draft.state = state.key; this.keepDraft(); };
    const choices = this.extract.states.map((state) =>
      h("label", { class: "choice" },
        h("input", { type: "radio", name: "state", value: state.key, checked: this.draft.state === state.key,
                     onchange: () => choose(state) }),
        h("span", {}, state[language()])));
    return h("fieldset", { class: "states" }, h("legend", {}, t("patrol.state")), ...choices);
  }

  place() {
    const again = () => { this.draft.position = this.position; this.keepDraft(); this.here(this.position ?? this.draft.position); };
    return h("section", {},
      h("h3", {}, t("patrol.position")),
      h("p", { id: "position", role: "status" }, this.placeText()),
      h("p", { class: "soft" }, t("patrol.position_proves_nothing")),
      h("button", { type: "button", onclick: again, disabled: !this.position }, t("patrol.position_again")));
  }

  photos() {
    const list = h("ul", { class: "photos" });
    this.draft.photos.forEach((photo, number) => list.append(this.photo(photo, number + 1)));
    const room = this.draft.photos.length < this.limits.photos;
    return h("section", { id: "photos" },
      h("h3", {}, t("patrol.photos", { count: this.draft.photos.length, most: this.limits.photos })),
      list,
      room && h("label", { class: "button file" }, t("patrol.take_photo"),
        h("input", { type: "file", id: "photo", accept: "image/*", capture: "environment", multiple: true,
                     onchange: (event) => this.addPhotos(event.target) })) || null);
  }

  photo(photo, number) {
    const picture = h("img", { alt: t("patrol.photo_number", { number }) });
    store.file(photo.id).then((kept) => {
      if (!kept) return;
      const url = URL.createObjectURL(new Blob([kept.bytes], { type: kept.type }));
      this.urls.push(url);
      picture.src = url;
    });
    return h("li", {}, picture,
      h("button", { type: "button", onclick: () => this.drop("photos", photo) }, t("patrol.remove_photo", { number })));
  }

  addPhotos(input) {
    return this.guarded(async () => {
      for (const file of input.files) {
        if (this.draft.photos.length >= this.limits.photos) throw new Told(t("patrol.photos_enough", { most: this.limits.photos }));
        this.draft.photos.push(await keepPhoto(file, this.limits));
        await this.keepDraft();
      }
    }, "photos", () => this.photos());
  }

  async drop(which, file) {
    this.draft[which] = this.draft[which].filter((one) => one.id !== file.id);
    await store.dropFile(file.id);
    await this.keepDraft();
    this.replace(which, which === "photos" ? this.photos() : this.voice());
  }

  voice() {
    const [note] = this.draft.voice;
    const children = [h("h3", {}, t("patrol.voice"))];
    if (note) children.push(this.player(note));
    else if (records()) children.push(this.recording());
    else children.push(this.voiceFile());
    return h("section", { id: "voice" }, ...children);
  }

  player(note) {
    const audio = h("audio", { controls: true, "aria-label": t("patrol.voice") });
    store.file(note.id).then((kept) => {
      if (!kept) return;
      const url = URL.createObjectURL(new Blob([kept.bytes], { type: kept.type }));
      this.urls.push(url);
      audio.src = url;
    });
    return h("div", {}, audio, h("button", { type: "button", onclick: () => this.drop("voice", note) }, t("patrol.voice_remove")));
  }

  recording() {
    const button = h("button", { type: "button", "aria-pressed": "false" }, t("patrol.voice_record"));
    let recorder = null;
    button.addEventListener("click", () => this.guarded(async () => {
      if (!recorder) {
        const begun = new Recorder();
        await begun.start(LONGEST_VOICE_MS);
        recorder = begun;
        button.setAttribute("aria-pressed", "true");
        button.textContent = t("patrol.voice_stop");
        return;
      }
      this.draft.voice = [await keepVoice(await recorder.stop(), this.limits)];
      await this.keepDraft();
      this.replace("voice", this.voice());
    }));
    return h("div", { class: "buttons" }, button, this.voiceFile());
  }

  voiceFile() {
    const take = (event) => this.guarded(async () => {
      const [file] = event.target.files;
      if (file) this.draft.voice = [await keepVoice(file, this.limits)];
      await this.keepDraft();
    }, "voice", () => this.voice());
    return h("label", { class: "button file" }, t("patrol.voice_file"),
      h("input", { type: "file", accept: "audio/*", capture: true, onchange: take }));
  }

  witnesses() {
    if (!this.marker.witnesses.length) return null;
    const rows = this.marker.witnesses.map((witness, at) => {
      const change = (event) => { this.draft.witnesses[witness.name] = event.target.value; this.keepDraft(); };
      return h("div", { class: "witness" },
        h("label", { for: `witness-${at}` }, t("patrol.witness", {
          name: witness.name, azimuth: Math.round(witness.azimuth_deg), distance: witness.distance_m })),
        h("input", { id: `witness-${at}`, inputmode: "decimal", value: this.draft.witnesses[witness.name] ?? "",
                     autocomplete: "off", onchange: change, oninput: change }));
    });
    return h("section", {}, h("h3", {}, t("patrol.witnesses")), h("p", { class: "soft" }, t("patrol.witnesses_how")), ...rows);
  }

  note() {
    const change = (event) => { this.draft.note = event.target.value; this.keepDraft(); };
    const area = h("textarea", { id: "note", rows: "3", maxlength: this.limits.note_characters, oninput: change });
    area.value = this.draft.note;
    return h("section", {}, h("h3", {}, h("label", { for: "note" }, t("patrol.note"))), area);
  }

  replace(id, section) {
    this.form.querySelector(`#${id}`).replaceWith(section);
  }

  // Work that can fail for a reason that a person can do something about.
  async guarded(work, id = null, section = null) {
    this.fail(null);
    try {
      await work();
    } catch (error) {
      this.fail(error);
    }
    if (id) this.replace(id, section());
  }

  fail(error) {
    const place = this.form.querySelector("#form-error");
    place.hidden = !error;
    place.textContent = error ? told(error) : "";
    if (error) place.scrollIntoView({ block: "center" });
  }

  readings() {
    const found = [];
    for (const { name } of this.marker.witnesses) {
      const text = (this.draft.witnesses[name] ?? "").trim().replace(",", ".");
      if (!text) continue;
      const distance_m = Number(text);
      if (!(distance_m > 0 && Number.isFinite(distance_m))) throw new Told(t("patrol.witness_wrong", { name }));
      found.push({ name, distance_m });
    }
    return found;
  }

  async save(event) {
    event.preventDefault();
    await this.guarded(async () => {
      if (!this.draft.state) throw new Told(t("patrol.state_missing"));
      const seen_at = new Date().toISOString();
      const walk = (await store.kept("walk"))?.id ?? null;
      const { id, state, note, position, photos, voice } = this.draft;
      const ids = (files) => files.map((file) => file.id);
      const body = { id, marker: this.marker.id, state, seen_at, note, walk, witnesses: this.readings(),
                     position: position && { point: position.point, accuracy_m: position.accuracy_m },
                     photos: ids(photos), voice: ids(voice) };
      const item = { id, kind: "observation", account: this.extract.account, body, files: [...photos, ...voice],
                     state: "waiting", made_at: seen_at, marker: { id: this.marker.id, code: this.marker.code } };
      await store.put(item, this.key);
      await this.done(item);
    });
  }
}

/** A failure in a person's words; a full phone is the one that he can do something about. */
export function told(error) {
  if (error instanceof Told) return error.message;
  if (error?.name === "QuotaExceededError") return t("patrol.storage_full");
  return t("patrol.not_kept", { why: error?.message ?? String(error) });
}

