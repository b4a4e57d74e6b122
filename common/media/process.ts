import { type ChildProcess, fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { MediaKind, MediaMessage, MediaOutcome, MediaRequest, MediaTask } from "./task.js";

const PROGRAM = fileURLToPath(new URL("main.js", import.meta.url));

/** How often it is looked at how much memory the process uses, in milliseconds. */
const WATCHED_EVERY_MS = 50;

/** How long it may take to start, in milliseconds. */
const START_LIMIT_MS = 30_000;

/** The heap of JavaScript. Pixels are not in it. */
const HEAP_MIB = 128;

const BYTES_IN_KIB = 1024;

/** Why a task has ended the process. */
export type MediaDeath = "died" | "too-slow" | "too-much-memory";

/** A task has ended the process that did it. The next task gets a new one. */
export class MediaDeathError extends Error {
  readonly death: MediaDeath;

  constructor(death: MediaDeath, how: string) {
    super(`The media process has ended: ${how}`);
    this.name = "MediaDeathError";
    this.death = death;
  }
}

/** Whether a task has ended its process because it used too much memory. It would need as much again. */
export const needsTooMuchMemory = (error: unknown): boolean =>
  error instanceof MediaDeathError && error.death === "too-much-memory";

interface Limits {
  readonly maxMemoryBytes: number;
  readonly timeLimitMs: number;
}

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
  readonly #limits: Limits;
  readonly #ready: Promise<void>;
  #pending: Pending | undefined;
  #death: MediaDeathError | undefined;
  #done = 0;

  constructor(limits: Limits) {
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
    const { pid } = this.#child;
    return pid === undefined ? undefined : residentBytes(pid);
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

  /** Holds a task to its limits. @returns What ends that. */
  #watch(signal: AbortSignal): () => void {
    const { timeLimitMs, maxMemoryBytes } = this.#limits;
    const abort = () => {
      this.#end("died", "the task was given up");
    };
    signal.addEventListener("abort", abort, { once: true });
    const limit = setTimeout(() => {
      this.#end("too-slow", `a task took longer than ${timeLimitMs} ms`);
    }, timeLimitMs);
    const watch = setInterval(() => {
      if ((this.memoryBytes ?? 0) <= maxMemoryBytes) return;
      this.#end("too-much-memory", `a task used more than ${maxMemoryBytes} bytes of memory`);
    }, WATCHED_EVERY_MS);
    return () => {
      signal.removeEventListener("abort", abort);
      clearTimeout(limit);
      clearInterval(watch);
    };
  }

  #end(death: MediaDeath, how: string): void {
    this.#death ??= new MediaDeathError(death, how);
    this.#child.kill("SIGKILL");
    this.#pending?.reject(this.#death);
  }
}

function residentBytes(pid: number): number | undefined {
  try {
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1];
    return kib === undefined ? undefined : Number(kib) * BYTES_IN_KIB;
  } catch {
    return undefined;
  }
}
