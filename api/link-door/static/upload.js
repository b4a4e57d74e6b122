/* global AbortController, localStorage, setTimeout */
import { Speed } from "./speed.js";
import { begin, BusyError, findOffset, RefusedError, remove, sendRest } from "./tus.js";

/** How often in a row a connection may break without a byte in between. */
const MOST_BREAKS = 10;

/** One file that is sent. It is `waiting`, `sending`, `paused`, `done`, `failed` or `cancelled`. */
export class Upload {
  state = "waiting";
  /** What there is to say of the state. */
  note = "";
  sentBytes = 0;
  speed = new Speed();
  /** By what the same file is known again, also after the page was loaded again. */
  key;
  #endpoint;
  #changed;
  #url;
  #controller = new AbortController();
  /** What works on it; nothing else begins before. */
  #work = Promise.resolve();

  /** @param source - The file, and its path: its name, with the folders that it lies in. @param options - `changed` is called when there is something to show. */
  constructor({ file, path }, { endpoint, changed }) {
    this.file = file;
    this.path = path;
    this.key = `stowage ${endpoint} ${file.lastModified} ${file.size} ${path}`;
    this.#endpoint = endpoint;
    this.#changed = changed;
    this.#url = recall(this.key);
  }

  /** Sends the file. Never rejects. @returns What refused it, if that holds for every other file too. */
  send() {
    this.#show("sending");
    this.#controller = new AbortController();
    const { signal } = this.#controller;
    return this.#next(() => this.#send(signal));
  }

  pause() {
    this.#stop("paused");
  }

  /** Lets it wait again for its turn. */
  again() {
    this.#show("waiting");
  }

  /** Gives the file up: the server removes what has arrived. */
  cancel() {
    this.#stop("cancelled");
    void this.#next(() => this.#removeSent());
  }

  fail(reason) {
    this.#stop("failed", reason);
  }

  #stop(state, note) {
    this.#controller.abort();
    this.speed = new Speed();
    this.#show(state, note);
  }

  #show(state, note = "") {
    this.state = state;
    this.note = note;
    this.#changed();
  }

  #next(work) {
    this.#work = this.#work.then(work);
    return this.#work;
  }

  async #send(signal) {
    try {
      await this.#sendAll(signal);
      forget(this.key);
      this.sentBytes = this.file.size;
      this.#show("done");
    } catch (error) {
      if (signal.aborted) return undefined;
      this.#stop("failed", error.message);
      if (error instanceof RefusedError && error.isForAll) return error;
    }
    return undefined;
  }

  async #sendAll(signal) {
    for (let breaks = 0; ;) {
      const before = this.sentBytes;
      try {
        await this.#goOn(signal);
        return;
      } catch (error) {
        if (signal.aborted || error instanceof RefusedError) throw error;
        if (this.sentBytes > before) breaks = 0;
        if (!(error instanceof BusyError)) breaks += 1;
        if (breaks > MOST_BREAKS) throw error;
        this.#show("sending", `${error.message} It goes on soon.`);
        await pause(error.waitMs ?? Math.min(30_000, 500 * 2 ** breaks), signal);
      }
    }
  }

  /** Begins, or goes on where the server is. */
  async #goOn(signal) {
    signal.throwIfAborted();
    const { file, path } = this;
    let offset = this.#url === null ? null : await findOffset(this.#url, signal);
    if (offset === null) {
      this.#url = await begin(this.#endpoint, { file, path });
      remember(this.key, this.#url);
      offset = 0;
    }
    this.sentBytes = offset;
    while (offset < file.size) {
      signal.throwIfAborted();
      this.#show("sending");
      const progressed = (bytes) => this.#progressed(bytes);
      offset = await sendRest(this.#url, { file, offset, signal, progressed });
    }
  }

  #progressed(bytes) {
    this.speed.add(Math.max(0, bytes - this.sentBytes));
    this.sentBytes = bytes;
    this.#changed();
  }

  async #removeSent() {
    if (this.#url === null) return;
    try {
      if ((await findOffset(this.#url)) === this.file.size) {
        if (this.state === "cancelled") this.#show("done", "It had arrived already.");
      } else {
        await remove(this.#url);
        this.#url = null;
        this.sentBytes = 0;
      }
      forget(this.key);
    } catch {
      // A resumable upload expires.
      const note = "The server cannot be reached. It removes later what has arrived.";
      if (this.state === "cancelled") this.#show("cancelled", note);
    }
  }
}

/** Browsers may keep nothing for a page: then an upload does not go on after the page was loaded again. */
function recall(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function remember(key, url) {
  try {
    localStorage.setItem(key, url);
  } catch {
    // See above.
  }
}

function forget(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // See above.
  }
}

const pause = (ms, signal) =>
  new Promise((resolve, reject) => {
    setTimeout(resolve, ms);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
