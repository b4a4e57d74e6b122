import { readFileSync } from "node:fs";
import { MediaDeathError } from "./deaths.js";

/** How often it is looked at how much memory a process uses, in milliseconds. */
const WATCHED_EVERY_MS = 50;

const BYTES_IN_KIB = 1024;

export interface MediaLimits {
  readonly maxMemoryBytes: number;
  readonly timeLimitMs: number;
}

interface Watched {
  readonly pid: number | undefined;
  readonly limits: MediaLimits;
  readonly signal: AbortSignal;
  /** Ends the process. */
  readonly end: (death: MediaDeathError) => void;
}

/** Holds a process to its limits while it does a task. @returns What ends that. */
export function holdToLimits({ pid, limits, signal, end }: Watched): () => void {
  const { timeLimitMs, maxMemoryBytes } = limits;
  const abort = () => {
    end(new MediaDeathError("died", "the task was given up"));
  };
  signal.addEventListener("abort", abort, { once: true });
  const limit = setTimeout(() => {
    end(new MediaDeathError("too-slow", `a task took longer than ${timeLimitMs} ms`));
  }, timeLimitMs);
  const watch = setInterval(() => {
    if ((residentBytes(pid) ?? 0) <= maxMemoryBytes) return;
    const how = `a task used more than ${maxMemoryBytes} bytes of memory`;
    end(new MediaDeathError("too-much-memory", how));
  }, WATCHED_EVERY_MS);
  return () => {
    signal.removeEventListener("abort", abort);
    clearTimeout(limit);
    clearInterval(watch);
  };
}

/** The memory that a process uses, in bytes; `undefined` where the system does not say. */
export function residentBytes(pid: number | undefined): number | undefined {
  if (pid === undefined) return undefined;
  try {
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1];
    return kib === undefined ? undefined : Number(kib) * BYTES_IN_KIB;
  } catch {
    return undefined;
  }
}
