import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { createInterface } from "node:readline";
import { clearTimeout, setTimeout } from "node:timers";

const FOLLOW_PARENT = new URL("follow-parent.js", import.meta.url).href;

/** How long a part may take to stop by itself before it is killed. */
const STOP_TIMEOUT_MS = 30_000;

/**
 * One part of Stowage: a Node.js program that runs as a process of its own.
 *
 * @typedef {object} Part
 * @property {string} name - As people see it: `web`, `worker`.
 * @property {string[]} command - What Node.js runs: options, program, arguments.
 * @property {Record<string, string | undefined>} env - Its environment.
 * @property {Record<string, string>} [uses] - More environment: variable → name of the part whose address it gets.
 * @property {"line" | "exit" | "spawn" | URL} ready - How it is known to be ready: it printed a line of JSON with
 * `ready: true` (and its address as `url`); it ended with 0 (a task, never started again); at once; or its address
 * answers 200.
 * @property {number} [stopTimeoutMs] - How long it may take to stop before it is killed; default 30 s.
 */

/**
 * A running part.
 *
 * Emits `line` (`"stdout" | "stderr"`, text) for every line it prints, and `exit` (how it ended, in words) once.
 */
export class PartProcess extends EventEmitter {
  /** How it ended, in words; `undefined` while it runs. @type {string | undefined} */
  ended;
  #child;
  #stopTimeoutMs;
  #end = new globalThis.AbortController();
  #isKilled = false;

  /**
   * The part is in a process group of its own: Ctrl-C in a terminal reaches only the supervisor, which stops the parts
   * in their order.
   *
   * @param {Part} part
   * @param {Record<string, string | undefined>} env - The whole environment.
   */
  constructor(part, env) {
    super();
    this.#stopTimeoutMs = part.stopTimeoutMs ?? STOP_TIMEOUT_MS;
    this.#child = spawn(process.execPath, ["--import", FOLLOW_PARENT, ...part.command], {
      env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    this.#child.once("error", (error) => this.#onEnd(error.message));
    // "close" comes after the last line of output, "exit" may come before it.
    this.#child.once("close", (code, signal) => this.#onEnd(describeEnd(code, signal)));
    for (const stream of /** @type {const} */ (["stdout", "stderr"])) {
      const output = /** @type {import("node:stream").Readable} */ (this.#child[stream]);
      createInterface(output).on("line", (text) => this.emit("line", stream, text));
    }
  }

  /** Aborted when it has ended. */
  get hasEnded() {
    return this.#end.signal;
  }

  get pid() {
    return this.#child.pid;
  }

  /** Asks it to stop, and kills it when it does not. Resolves when it has ended: true if it stopped by itself. */
  async stop() {
    if (this.ended !== undefined) return true;
    const exit = once(this, "exit");
    const timer = setTimeout(() => this.kill(), this.#stopTimeoutMs);
    this.#child.kill("SIGTERM");
    await exit;
    clearTimeout(timer);
    return !this.#isKilled;
  }

  kill() {
    this.#isKilled = true;
    this.#child.kill("SIGKILL");
  }

  /** @param {string} how */
  #onEnd(how) {
    if (this.ended !== undefined) return;
    this.ended = how;
    this.#end.abort();
    this.emit("exit", how);
  }
}

/**
 * @param {number | null} code
 * @param {string | null} signal
 */
function describeEnd(code, signal) {
  return signal === null ? `exit code ${code}` : signal;
}
