import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type MediaDeath, MediaDeathError } from "./deaths.js";
import { holdToLimits, type MediaLimits, residentBytes } from "./limits.js";
import type { MediaKind, MediaMessage, MediaOutcome, MediaRequest, MediaTask } from "./task.js";

const PROGRAM = fileURLToPath(new URL("main.js", import.meta.url));

/** How long it may take to start, in milliseconds. */
const START_LIMIT_MS = 30_000;

/** The heap of JavaScript. Pixels are not in it. */
const HEAP_MIB = 128;

interface Pending {
  readonly resolve: (outcome: MediaOutcome) => void;
  readonly reject: (error: Error) => void;
}

/**
 * One process that decodes what people have uploaded. It has no secrets: its environment is empty, and it gets nothing but bytes. A content
 * may crash it, fill its memory, or keep it busy for ever; all three end this process alone.
 */
export class MediaProcess {
  readonly #child: ChildProcess;
  readonly #limits: MediaLimits;
  readonly #ready: Promise<void>;
  #pending: Pending | undefined;
  #death: MediaDeathError | undefined;
  #done = 0;

  constructor(limits: MediaLimits) {
    this.#limits = limits;
    this.#child = fork(PROGRAM, [], {
      serialization: "advanced",
      execArgv: [`--max-old-space-size=${HEAP_MIB}`],
      // glibc keeps freed memory in as many arenas as there are threads.
      env: { MALLOC_ARENA_MAX: "2" },
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    this.#ready = this.#untilReady();
    // Somebody may wait for it only later.
    this.#ready.catch(() => undefined);
    this.#child.on("message", (message: MediaMessage) => {
      if ("outcome" in message) this.#pending?.resolve(message.outcome);
    });
    this.#child.on("error", (error) => {
      this.#end("died", error.message);
    });
    this.#child.on("exit", (code, signal) => {
      this.#end("died", signal ?? `exit code ${code}`);
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** How many tasks it has done. */
  get done(): number {
    return this.#done;
  }

  get hasEnded(): boolean {
    return this.#death !== undefined;
  }

  /** The memory that it uses, in bytes; `undefined` where the system does not say. */
  get memoryBytes(): number | undefined {
    return residentBytes(this.#child.pid);
  }

  /**
   * Does one task. One at a time.
   *
   * @throws {@link MediaDeathError} when the process has ended, for whatever reason; whatever `signal` is aborted with, which ends it, too.
   */
  async run<K extends MediaKind>(
    task: MediaTask<K>,
    signal: AbortSignal,
  ): Promise<MediaOutcome<K>> {
    await this.#ready;
    signal.throwIfAborted();
    const stop = this.#watch(signal);
    try {
      const outcome = await new Promise<MediaOutcome>((resolve, reject) => {
        this.#pending = { resolve, reject };
        if (this.#death !== undefined) reject(this.#death);
        const request: MediaRequest = { id: this.#done, task };
        this.#child.send(request, (error) => {
          if (error !== null) this.#end("died", error.message);
        });
      });
      this.#done += 1;
      // It does one task at a time, and answers what it was asked.
      return outcome as MediaOutcome<K>;
    } finally {
      stop();
      this.#pending = undefined;
    }
  }

  /** Ends it at once. Resolves when it is gone. */
  async close(): Promise<void> {
    const gone = new Promise<void>((resolve) => {
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) resolve();
      else
        this.#child.once("exit", () => {
          resolve();
        });
    });
    this.#end("died", "it was closed");
    await gone;
  }

  async #untilReady(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#pending = { resolve: () => undefined, reject };
      const limit = setTimeout(() => {
        this.#end("too-slow", "it did not start");
      }, START_LIMIT_MS);
      this.#child.once("message", () => {
        clearTimeout(limit);
        resolve();
      });
      this.#child.once("exit", () => {
        clearTimeout(limit);
      });
    });
  }

  #watch(signal: AbortSignal): () => void {
    const { pid } = this.#child;
    const end = (death: MediaDeathError) => {
      this.#endFor(death);
    };
    return holdToLimits({ pid, limits: this.#limits, signal, end });
  }

  #end(death: MediaDeath, how: string): void {
    this.#endFor(new MediaDeathError(death, how));
  }

  #endFor(death: MediaDeathError): void {
    this.#death ??= death;
    this.#child.kill("SIGKILL");
    this.#pending?.reject(this.#death);
  }
}
