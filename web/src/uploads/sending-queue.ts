import { type Signal, signal } from "@preact/signals";
import { forget, recall } from "./remembered.js";
import { type Totals, Counter } from "./totals.js";
import { type Traffic, transfer } from "./transfer.js";
import { offsetOf, removeUpload } from "./tus.js";
import type { State, Upload } from "./upload.js";

/** How many files are on their way at once. Browsers have six connections to a server, and the page needs some itself. */
const AT_ONCE = 3;
const SHOWN_EVERY_MS = 200;

/** The files that are sent, in the order in which they were added. */
export class Queue {
  /** Changes when files come and go. */
  readonly items: Signal<readonly Upload[]> = signal([]);
  /** Changes some times a second while anything moves. What shows a file reads it, too: files are no signals. */
  readonly totals: Signal<Totals>;
  /** Called when nothing is left to send. */
  readonly whenIdle = new Set<() => void>();
  #counter = new Counter();
  readonly #waiting = new Set<Upload>();
  #sending = 0;
  #isBusy = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #traffic: Traffic = {
    heldUntil: 0,
    progressed: (upload, bytes) => {
      this.#progress(upload, bytes, true);
    },
    found: (upload, bytes) => {
      this.#progress(upload, bytes, false);
    },
    hindered: (upload, obstacle) => {
      upload.obstacle = obstacle;
      this.#show();
    },
  };

  constructor() {
    this.totals = signal(this.#counter.totals);
  }

  /** How many bytes of its files are not on their way yet. */
  get unsentBytes(): number {
    return this.#counter.unsentBytes;
  }

  /** Adds files, and sends them. What was begun before is continued. */
  add(uploads: readonly Upload[]): void {
    for (const upload of uploads) {
      if (upload.terms.key !== undefined) upload.remotePath = recall(upload.terms.key);
      this.#counter.add(upload);
      if (upload.state === "waiting") this.#waiting.add(upload);
    }
    this.items.value = [...this.items.value, ...uploads];
    this.#next();
  }

  /** Stops those of the files that are not over, and keeps what has arrived. */
  pause(uploads: readonly Upload[]): void {
    for (const upload of uploads) {
      if (upload.state === "waiting" || upload.state === "sending") this.#stop(upload, "paused");
    }
    this.#next();
  }

  /** Lets those of the files that were paused or have failed wait for their turn again. */
  resume(uploads: readonly Upload[]): void {
    for (const upload of uploads) {
      if (upload.state === "paused" || upload.state === "failed") this.#move(upload, "waiting");
    }
    this.#next();
  }

  /** Takes files out of the queue. The server removes what has arrived of those that are not whole. */
  cancel(uploads: readonly Upload[]): void {
    const gone = new Set(uploads);
    this.items.value = this.items.value.filter((upload) => !gone.has(upload));
    for (const upload of gone) {
      this.#waiting.delete(upload);
      this.#counter.remove(upload);
      if (upload.state === "done") continue;
      upload.controller.abort();
      upload.work = upload.work.then(() => giveUp(upload));
    }
    this.#next();
  }

  /** Takes all files out of the queue. What has arrived of them can be continued later. */
  clear(): void {
    for (const upload of this.items.value) upload.controller.abort();
    this.items.value = [];
    this.#waiting.clear();
    this.#counter = new Counter();
    this.#next();
  }

  #stop(upload: Upload, state: "paused" | "failed"): void {
    upload.controller.abort();
    this.#move(upload, state);
  }

  #move(upload: Upload, state: State): void {
    this.#counter.move(upload.state, state);
    upload.state = state;
    upload.obstacle = undefined;
    if (state === "waiting") this.#waiting.add(upload);
    else this.#waiting.delete(upload);
    this.#show();
  }

  #next(): void {
    for (const upload of this.#waiting) {
      if (this.#sending >= AT_ONCE) break;
      this.#sending += 1;
      this.#move(upload, "sending");
      upload.fault = undefined;
      const controller = new AbortController();
      upload.controller = controller;
      upload.work = upload.work.then(() => this.#send(upload, controller));
    }
    const { waiting, sending } = this.#counter.files;
    const wasBusy = this.#isBusy;
    this.#isBusy = waiting + sending > 0;
    if (wasBusy && !this.#isBusy) for (const listener of this.whenIdle) listener();
    this.#show();
  }

  async #send(upload: Upload, { signal: stopped }: AbortController): Promise<void> {
    try {
      stopped.throwIfAborted();
      await transfer(upload, this.#traffic);
      if (stopped.aborted) return;
      this.#progress(upload, upload.file.size, true);
      this.#move(upload, "done");
    } catch (error) {
      if (stopped.aborted) return;
      upload.fault = error;
      this.#stop(upload, "failed");
    } finally {
      this.#sending -= 1;
      this.#next();
    }
  }

  #progress(upload: Upload, bytes: number, isSpeed: boolean): void {
    if (upload.controller.signal.aborted) return;
    this.#counter.progress(bytes - upload.sentBytes, isSpeed);
    upload.sentBytes = bytes;
    this.#show();
  }

  #show(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.totals.value = this.#counter.totals;
    }, SHOWN_EVERY_MS);
  }
}

/** Never rejects: the server removes by itself what nobody continues. */
async function giveUp({ remotePath, terms, file }: Upload): Promise<void> {
  if (terms.key !== undefined) forget(terms.key);
  if (remotePath === null) return;
  try {
    const offset = await offsetOf(remotePath);
    if (offset !== null && offset !== file.size) await removeUpload(remotePath);
  } catch {
    // See above.
  }
}
