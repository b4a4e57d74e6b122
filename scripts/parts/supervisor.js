import { EventEmitter, once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { PartProcess } from "./part-process.js";
import { untilReady } from "./readiness.js";

/** Pauses before a part that died is started again, in milliseconds: doubled from the first to the last. */
const FIRST_PAUSE_MS = 500;
const LAST_PAUSE_MS = 30_000;

/** A part that ran this long was well: when it dies after all, the pauses begin anew. */
const HEALTHY_AFTER_MS = 60_000;

/** @typedef {import("./part-process.js").Part} Part */

/** A part did not become ready. */
export class StartError extends Error {
  /**
   * @param {Part} part
   * @param {Error} cause
   */
  constructor(part, cause) {
    super(`${part.name} ${cause.message}`, { cause });
    this.part = part;
  }
}

/**
 * Starts parts, starts again those that die, and stops all of them.
 *
 * Emits `line` (part, stream, text), `waiting` (part, for what) when a part takes long to become ready, `died` (part, how, pauseMs), then `back` (part) or `late` (part, why) unless it dies
 * again, and `killed` (part) for a part that did not stop by itself.
 */
export class Supervisor extends EventEmitter {
  /** Where the parts that print an address can be reached, by name. @type {Map<string, string>} */
  addresses = new Map();
  #stages;
  /** @type {Map<string, PartProcess>} */
  #running = new Map();
  /** @type {Promise<void>[]} */
  #watches = [];
  #stopping = new globalThis.AbortController();
  /** @type {Promise<void> | undefined} */
  #stopped;

  /**
   * @param {Part[][]} stages - Parts in the order of their start; those of one stage start
   * together. They stop in the opposite order.
   */
  constructor(stages) {
    super();
    this.#stages = stages;
  }

  get isStopping() {
    return this.#stopping.signal.aborted;
  }

  /** @throws {StartError} for the first part that does not become ready; the others run on until {@link stop}. */
  async start() {
    for (const stage of this.#stages) {
      await Promise.all(stage.map((part) => this.#start(part)));
    }
  }

  /** Stops all parts, stage by stage; resolves when the last process has ended. May be called again. */
  stop() {
    this.#stopped ??= this.#stopAll();
    return this.#stopped;
  }

  /**
   * @param {Record<string, string>} [uses] - Variable → name of a part that has started.
   * @returns {Record<string, string | undefined>} variable → that part's address.
   */
  addressesFor(uses = {}) {
    const variables = Object.entries(uses);
    return Object.fromEntries(variables.map(([key, name]) => [key, this.addresses.get(name)]));
  }

  /** Kills all parts at once; a pending {@link stop} then resolves. */
  kill() {
    for (const running of this.#running.values()) running.kill();
  }

  async #stopAll() {
    this.#stopping.abort();
    for (const stage of this.#stages.toReversed()) {
      await Promise.all(stage.map((part) => this.#stopPart(part)));
    }
    await Promise.all(this.#watches);
  }

  /** @param {Part} part */
  async #start(part) {
    if (this.isStopping) return;
    const running = this.#spawn(part);
    try {
      await this.#untilReady(part, running);
    } catch (error) {
      throw new StartError(part, error);
    }
    if (part.ready !== "exit") this.#watches.push(this.#keepRunning(part, running));
  }

  /** @param {Part} part */
  #spawn(part) {
    const running = new PartProcess(part, {
      ...part.env,
      ...this.addressesFor(part.uses),
    });
    this.#running.set(part.name, running);
    running.on("line", (stream, text) => this.emit("line", part, stream, text));
    return running;
  }

  /**
   * @param {Part} part
   * @param {PartProcess} running
   */
  async #untilReady(part, running) {
    const address = await untilReady(part, running, (what) => this.emit("waiting", part, what));
    if (address !== undefined) this.addresses.set(part.name, address);
  }

  /**
   * @param {Part} part
   * @param {PartProcess} first
   */
  async #keepRunning(part, first) {
    let running = first;
    let startedAt = Date.now();
    let pauseMs = FIRST_PAUSE_MS;
    for (;;) {
      if (running.ended === undefined) await once(running, "exit");
      if (this.isStopping) return;
      if (Date.now() - startedAt >= HEALTHY_AFTER_MS) pauseMs = FIRST_PAUSE_MS;
      this.emit("died", part, running.ended, pauseMs);
      await this.#pause(pauseMs);
      if (this.isStopping) return;
      pauseMs = Math.min(pauseMs * 2, LAST_PAUSE_MS);
      startedAt = Date.now();
      running = this.#spawn(part);
      this.#announceReturn(part, running);
    }
  }

  /**
   * Not awaited by the loop above, which learns by itself of a part that died before it was ready.
   *
   * @param {Part} part
   * @param {PartProcess} running
   */
  #announceReturn(part, running) {
    this.#untilReady(part, running).then(
      () => this.emit("back", part),
      (error) => running.ended ?? this.emit("late", part, error.message),
    );
  }

  /** @param {number} pauseMs */
  async #pause(pauseMs) {
    const { signal } = this.#stopping;
    await sleep(pauseMs, undefined, { signal }).catch((error) => {
      if (!signal.aborted) throw error;
    });
  }

  /** @param {Part} part */
  async #stopPart(part) {
    const running = this.#running.get(part.name);
    if (running === undefined) return;
    const byItself = await running.stop();
    if (!byItself) this.emit("killed", part);
  }
}
