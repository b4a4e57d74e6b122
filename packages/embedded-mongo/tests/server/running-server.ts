import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { MongoClient, type MongoClientOptions } from "mongodb";

const MAIN = resolve(import.meta.dirname, "../../src/main.js");

/** A data folder of its own for one test, and what removes it. */
export function createFolder(): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "mongo-test-"));
  return {
    folder,
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The server as it is shipped: a process of its own. */
export class ServerProcess {
  readonly process: ChildProcess;
  readonly #ready: Promise<string>;
  #stderr = "";

  constructor(folder: string, args: readonly string[] = []) {
    this.process = spawn(process.execPath, [MAIN, "--data", folder, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.process.stderr?.on("data", (data: Buffer) => (this.#stderr += data.toString()));
    this.#ready = this.#waitUntilReady();
    // Whoever does not ask whether it is ready does not care that it is not.
    this.#ready.catch(() => undefined);
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Resolves to the URL when the server listens; rejects with what it said when it ends instead. */
  ready(): Promise<string> {
    return this.#ready;
  }

  #waitUntilReady(): Promise<string> {
    return new Promise((ready, reject) => {
      const { stdout } = this.process;
      if (stdout === null) throw new TypeError("The server has no stdout");
      createInterface(stdout).once("line", (line) => {
        ready((JSON.parse(line) as { url: string }).url);
      });
      this.process.once("close", () => {
        reject(new Error(this.#stderr));
      });
    });
  }

  /** Sends a signal; resolves to the exit code, `null` when the signal ended the process. */
  async end(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    const ended = this.ended();
    this.process.kill(signal);
    return ended;
  }

  async ended(): Promise<number | null> {
    if (this.process.exitCode !== null) return this.process.exitCode;
    if (this.process.signalCode !== null) return null;
    const [code] = (await once(this.process, "exit")) as [number | null];
    return code;
  }
}

/** A server on a new folder with a connected client; `close` leaves nothing behind. */
export async function startWorld(args: readonly string[] = [], options: MongoClientOptions = {}) {
  const { folder, remove } = createFolder();
  const server = new ServerProcess(folder, args);
  const url = await server.ready();
  const client = await MongoClient.connect(url, options);
  return {
    folder,
    server,
    url,
    client,
    db: client.db("world"),
    close: async () => {
      await client.close();
      await server.end();
      remove();
    },
  };
}

export type World = Awaited<ReturnType<typeof startWorld>>;
