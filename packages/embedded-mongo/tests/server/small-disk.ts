import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { MongoClient } from "mongodb";
import { createFolder } from "./running-server.js";

export const MAIN = resolve(import.meta.dirname, "../../src/main.js");

/** A mount namespace of its own, which ends with the process; as root of a user namespace for everybody else. */
const NAMESPACE = process.getuid?.() === 0 ? ["--mount"] : ["--map-root-user", "--mount"];
const MOUNT = 'mount -t tmpfs -o size="$1" tmpfs "$2" && shift 2 && exec "$@"';

function inNamespace(size: string, folder: string, command: readonly string[]): string[] {
  return [...NAMESPACE, "sh", "-c", MOUNT, "sh", size, folder, ...command];
}

/** Whether this machine lets us mount a file system of our own. */
export function canMount(): boolean {
  const { folder, remove } = createFolder();
  const { status } = spawnSync("unshare", inNamespace("1m", folder, ["true"]));
  remove();
  return status === 0;
}

/**
 * Runs one of our programs to its end while `folder` is a small file system in memory.
 *
 * @param size - For example `4k`.
 * @param script - A compiled file and its arguments.
 */
export function runOnSmallDisk(size: string, folder: string, script: readonly string[]) {
  const command = [process.execPath, ...script];
  const options = { encoding: "utf8", timeout: 30_000 } as const;
  const run = spawnSync("unshare", inNamespace(size, folder, command), options);
  return { code: run.status, stdout: run.stdout, stderr: run.stderr };
}

/** A server whose data folder is a whole file system in memory. */
export class SmallDiskServer {
  readonly client: MongoClient;
  /** The data folder, as processes outside of the namespace see it. */
  readonly folder: string;
  readonly #process: ChildProcess;
  readonly #removeFolder: () => void;

  private constructor(
    server: ChildProcess,
    client: MongoClient,
    place: { folder: string; remove: () => void },
  ) {
    this.#process = server;
    this.client = client;
    this.folder = `/proc/${server.pid ?? 0}/root${place.folder}`;
    this.#removeFolder = place.remove;
  }

  static async start({ sizeMib, reserveMib }: { sizeMib: number; reserveMib: number }) {
    const place = createFolder();
    const options = ["--data", place.folder, "--port", "0", "--reserve-mib", String(reserveMib)];
    const args = inNamespace(`${sizeMib}m`, place.folder, [process.execPath, MAIN, ...options]);
    const server = spawn("unshare", args, { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = (await once(createInterface(server.stdout), "line")) as [string];
    const { url } = JSON.parse(line) as { url: string };
    return new SmallDiskServer(server, await MongoClient.connect(url), place);
  }

  get isRunning(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  async close(): Promise<void> {
    await this.client.close();
    this.#process.kill();
    if (this.isRunning) await once(this.#process, "exit");
    this.#removeFolder();
  }
}
