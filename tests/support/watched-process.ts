import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** A process whose words a test waits for. */
export class WatchedProcess {
  readonly child: ChildProcess;
  /** All that it has printed so far, stdout and stderr together. */
  output = "";
  readonly #closed: Promise<unknown>;

  constructor(command: string, args: string[], options: SpawnOptions = {}) {
    this.child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    this.#closed = once(this.child, "close");
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.output += text;
        this.child.emit("output");
      });
    }
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error("The process has not started");
    return this.child.pid;
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** @throws when it ends without having printed the text. */
  async untilPrinted(text: string): Promise<void> {
    while (!this.output.includes(text)) {
      const isOver = await Promise.race([
        once(this.child, "output").then(() => false),
        this.#closed.then(() => true),
      ]);
      if (isOver && !this.output.includes(text)) {
        throw new Error(`Ended without printing "${text}":\n${this.output}`);
      }
    }
  }

  /** @returns its exit code, or the signal that ended it. */
  async untilEnded(): Promise<number | string | null> {
    await this.#closed;
    return this.child.exitCode ?? this.child.signalCode;
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number | string | null> {
    this.child.kill(signal);
    return this.untilEnded();
  }
}

/** Asks again and again, until the answer is yes; Jest's time limit is the limit. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(20);
}

/** One that has ended keeps its number until its parent, or the system in its place, has taken note: it does not run any more. */
export function isRunning(pid: number): boolean {
  const { state } = readProcess(pid) ?? {};
  return state !== undefined && state !== "Z";
}

interface ProcessEntry {
  /** One letter (proc(5)); `Z` has ended, and its parent has not taken note yet. */
  readonly state: string;
  readonly parent: number;
  /** Its command, separated by spaces. */
  readonly args: string;
}

/** What Linux says of a process; `undefined` when there is none. */
export function readProcess(pid: number): ProcessEntry | undefined {
  try {
    // Counted from after the program's name, which may hold spaces.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1) ?? "";
    const [state = "", parent] = stat.split(" ");
    const args = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
    return { state, parent: Number(parent), args };
  } catch {
    return undefined;
  }
}
