// Photos and voice notes: taken, made small enough to be sent, and kept on the phone at once.

import { newId, t } from "./page.js";

//: The longer edge of a photo as it is sent, and its quality as JPEG: an inscription of 2 cm is read from 3 m.
const EDGE = 2560;
const QUALITY = 0.85;
const VOICE = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
const { store } = self.patrol;

/** A failure that is told in a person's words. */
export class Told extends Error {}

/** Keep a photo on the phone; what stands for it in an observation. Told where it is none or too large. */
export async function keepPhoto(blob, limits) {
  const small = await reduced(blob);
  return keep(small, "photo", limits.photo_bytes);
}

/** Keep a voice note on the phone. */
export function keepVoice(blob, limits) {
  return keep(blob, "voice", limits.voice_bytes);
}

async function keep(blob, kind, most) {
  if (blob.size > most) throw new Told(t("patrol.file_too_large", { most: Math.floor(most / 1_000_000) }));
  const file = { id: newId(), kind };
  await store.keepFile({ ...file, type: blob.type, bytes: await blob.arrayBuffer() });
  return file;
}

async function reduced(blob) {
  let picture;
  try {
    picture = await createImageBitmap(blob, { imageOrientation: "from-image" });
  } catch {
    throw new Told(t("patrol.no_photo"));
  }
  const scale = Math.min(1, EDGE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return new Promise((resolve, reject) => {
    const done = (made) => (made ? resolve(made) : reject(new Told(t("patrol.no_photo"))));
    canvas.toBlob(done, "image/jpeg", QUALITY);
  });
}

/** Whether this browser records by itself; where it does not, a file is asked for. */
export const records = () => Boolean(navigator.mediaDevices?.getUserMedia && self.MediaRecorder);

/** Records until `stop()` is called, which gives the recording. Told where the microphone is refused. */
export class Recorder {
  async start(longest_ms) {
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      throw new Told(t("patrol.no_microphone"));
    }
    const mimeType = VOICE.find((type) => MediaRecorder.isTypeSupported(type));
    this.recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: 32_000 });
    this.parts = [];
    this.recorder.ondataavailable = (event) => this.parts.push(event.data);
    this.recorder.start();
    this.limit = setTimeout(() => this.recorder.state === "recording" && this.recorder.stop(), longest_ms);
  }

  stop() {
    clearTimeout(this.limit);
    return new Promise((resolve) => {
      const finish = () => {
        for (const track of this.recorder.stream.getTracks()) track.stop();
        resolve(new Blob(this.parts, { type: this.recorder.mimeType.split(";")[0] }));
      };
      if (this.recorder.state === "inactive") finish();
      else {
        this.recorder.onstop = finish;
        this.recorder.stop();
      }
    });
  }
}
