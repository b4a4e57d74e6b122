import { type ChildProcess, spawn, type StdioOptions } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";

/** `getconf CLK_TCK`: what `/proc/PID/stat` counts in, on every Linux that Node.js runs on. */
const TICKS_PER_SECOND = 100;
const KIB = 1024;

interface Command {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What the bench reads of it: its first line of output, nothing, or what it passes to `process.send`, with or without showing its output. */
  readonly talksBy: "line" | "nothing" | "message" | "quiet-message";
}

const STDIO: Record<Command["talksBy"], StdioOptions> = {
  line: ["ignore", "pipe", "inherit"],
  nothing: ["ignore", "ignore", "inherit"],
  message: ["ignore", "inherit", "inherit", "ipc"],
  "quiet-message": ["ignore", "ignore", "inherit", "ipc"],
};

/** A Node.js process that the bench starts, and its CPU time and memory as Linux reports them. */
export class MeasuredProcess {
  readonly child: ChildProcess;

  constructor({ args, env = {}, talksBy }: Command) {
    this.child = spawn(process.execPath, args, {
      stdio: STDIO[talksBy],
      env: { ...process.env, ...env },
    });
  }

  /** The URL in the first line that it prints: `{"ready":true,"url":"…"}`. */
  async readyUrl(): Promise<string> {
    const { stdout } = this.child;
    if (stdout === null) throw new TypeError("The process prints nothing");
    const [line] = (await once(createInterface(stdout), "line")) as [string];
    return (JSON.parse(line) as { url: string }).url;
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** User and system time so far, in seconds. */
  cpuSeconds(): number {
    const stat = this.#read("stat");
    // The second field is the name in parentheses, which may hold anything; the 14th and 15th are utime and stime.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  }

  rssBytes(): number {
    return this.#statusBytes("VmRSS");
  }

  /** The most resident memory since {@link forgetPeak}. */
  peakRssBytes(): number {
    return this.#statusBytes("VmHWM");
  }

  /** proc(5): 5 in `clear_refs` makes the peak what is resident now. */
  forgetPeak(): void {
    writeFileSync(this.#path("clear_refs"), "5");
  }

  async stop(): Promise<void> {
    if (this.hasEnded) return;
    const exit = once(this.child, "exit");
    this.child.kill();
    await exit;
  }

  #statusBytes(field: string): number {
    const found = new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(this.#read("status"));
    return Number(found?.[1] ?? 0) * KIB;
  }

  #read(name: string): string {
    return readFileSync(this.#path(name), "utf8");
  }

  #path(name: string): string {
    return `/proc/${this.child.pid ?? 0}/${name}`;
  }
}
