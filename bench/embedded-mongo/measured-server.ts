import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { MongoClient } from "mongodb";

const SAMPLE_MS = 25;

const DISCARDING = resolve(import.meta.dirname, "discarding-server.js");
const STORE = resolve(import.meta.dirname, "../../packages/embedded-mongo/src/main.js");

/** A server process with a client, whose anonymous memory is watched from its start to its end. */
export class MeasuredServer {
  readonly client: MongoClient;
  readonly startMs: number;
  readonly #process: ChildProcess;
  readonly #sampler: NodeJS.Timeout;
  #peakBytes = 0;

  private constructor(process: ChildProcess, client: MongoClient, startMs: number) {
    this.#process = process;
    this.client = client;
    this.startMs = startMs;
    this.#sampler = setInterval(() => {
      this.#peakBytes = Math.max(this.#peakBytes, this.#anonymousBytes());
    }, SAMPLE_MS);
  }

  /** The embedded store on a folder. @param nodeOptions - For example `--cpu-prof`. */
  static store(folder: string, nodeOptions: readonly string[]): Promise<MeasuredServer> {
    return MeasuredServer.#start([...nodeOptions, STORE, "--data", folder]);
  }

  /** The server that keeps nothing, see discarding-server.ts. */
  static discarding(socket: string): Promise<MeasuredServer> {
    return MeasuredServer.#start([DISCARDING, socket]);
  }

  static async #start(args: readonly string[]): Promise<MeasuredServer> {
    const startedAt = performance.now();
    const server = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = (await once(createInterface(server.stdout), "line")) as [string];
    const startMs = performance.now() - startedAt;
    const { url } = JSON.parse(line) as { url: string };
    const client = await MongoClient.connect(url, { maxPoolSize: 50, retryWrites: false });
    return new MeasuredServer(server, client, startMs);
  }

  /** The most anonymous memory (heap and buffers; without the mapped data file) that was seen so far. */
  get peakAnonymousBytes(): number {
    return this.#peakBytes;
  }

  async stop(): Promise<void> {
    clearInterval(this.#sampler);
    await this.client.close();
    this.#process.kill();
    await once(this.#process, "exit");
  }

  #anonymousBytes(): number {
    const status = readFileSync(`/proc/${this.#process.pid ?? 0}/status`, "utf8");
    return Number(/^RssAnon:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
  }
}
