import { Upload } from "./upload.js";

/** How many files are on their way at once. */
const AT_ONCE = 3;

/** The files of the page, in the order in which they were added. */
export class Queue {
  uploads = [];
  #byKey = new Map();
  #options;
  #active = 0;

  /** @param options - As those of `Upload`. */
  constructor(options) {
    this.#options = options;
  }

  /**
   * Adds files. One that is there already is not sent a second time; one that was stopped goes on.
   *
   * @returns How many are sent.
   */
  add(sources) {
    let added = 0;
    for (const source of sources) {
      const upload = new Upload(source, this.#options);
      const known = this.#byKey.get(upload.key);
      if (known === undefined) {
        this.uploads.push(upload);
        this.#byKey.set(upload.key, upload);
      } else if (STOPPED.has(known.state)) known.again();
      else continue;
      added += 1;
    }
    this.#next();
    return added;
  }

  pause(upload) {
    if (MOVING.has(upload.state)) upload.pause();
  }

  /** Resumes a file that was paused, failed or was cancelled. */
  again(upload) {
    if (STOPPED.has(upload.state)) upload.again();
    this.#next();
  }

  cancel(upload) {
    if (upload.state !== "done" && upload.state !== "cancelled") upload.cancel();
  }

  /** Does one of the above with all files of a state. */
  each(states, act) {
    for (const upload of this.uploads) if (states.includes(upload.state)) act(upload);
    this.#next();
  }

  #next() {
    while (this.#active < AT_ONCE) {
      const upload = this.uploads.find(({ state }) => state === "waiting");
      if (upload === undefined) return;
      this.#active += 1;
      void this.#send(upload);
    }
  }

  async #send(upload) {
    const refusal = await upload.send();
    this.#active -= 1;
    // Thousands of files would be refused for the same reason.
    if (refusal !== undefined) this.each(["waiting"], (other) => other.fail(refusal.message));
    this.#next();
  }

  /** How many files there are in each state, and how far all are that are not given up. */
  total() {
    const total = { count: 0, bytes: 0, sentBytes: 0, bytesPerSecond: 0 };
    const states = { waiting: 0, sending: 0, paused: 0, done: 0, failed: 0, cancelled: 0 };
    for (const { state, file, sentBytes, speed } of this.uploads) {
      states[state] += 1;
      if (state === "failed" || state === "cancelled") continue;
      total.count += 1;
      total.bytes += file.size;
      total.sentBytes += sentBytes;
      if (state === "sending") total.bytesPerSecond += speed.bytesPerSecond;
    }
    return { ...total, ...states };
  }
}

const MOVING = new Set(["waiting", "sending"]);
const STOPPED = new Set(["paused", "failed", "cancelled"]);
