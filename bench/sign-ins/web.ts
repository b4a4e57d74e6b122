import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { MongoClient } from "mongodb";
import { createIndexes } from "../../common/migrations/indexes.js";
import { MeasuredProcess } from "../bytes/measured-process.js";

const DIST = resolve(import.meta.dirname, "../..");
/** In a millisecond. */
const NANOSECONDS = 1e6;
/** As in the Procfile. */
const WEB_OPTIONS = ["--enable-source-maps", "--heap-growing-percent=200"];

interface Options {
  /** For the web process, for example `--cpu-prof`. */
  readonly nodeOptions: readonly string[];
  /** The web process's, besides those that it needs. */
  readonly settings: Readonly<Record<string, string>>;
  /** Where the store's data are; they stay there. Default: a temporary folder. */
  readonly dataFolder?: string;
  /** Whether the bench talks with the web process by `process.send`. Default: not. */
  readonly isTalking?: boolean;
}

/** A web process with its defaults, and embedded stores beside it. */
export class Web {
  readonly url: string;
  /** Of the database that it uses. */
  readonly mongodbUrl: string;
  readonly process: MeasuredProcess;
  readonly #stores: readonly MeasuredProcess[];
  readonly #folder: string;

  private constructor(parts: {
    url: string;
    mongodbUrl: string;
    process: MeasuredProcess;
    stores: readonly MeasuredProcess[];
    folder: string;
  }) {
    this.url = parts.url;
    this.mongodbUrl = parts.mongodbUrl;
    this.process = parts.process;
    this.#stores = parts.stores;
    this.#folder = parts.folder;
  }

  static async start(options: Options): Promise<Web> {
    const { nodeOptions, settings, dataFolder, isTalking = false } = options;
    const folder = mkdtempSync(join(tmpdir(), "bench-web-"));
    const data = ["--data", dataFolder ?? join(folder, "store")];
    const mongo = started("packages/embedded-mongo/src/main.js", data);
    const redis = started("embedded/redis/main.js", []);
    const mongodbUrl = withDatabase(await mongo.readyUrl());
    const client = await MongoClient.connect(mongodbUrl);
    await createIndexes(client.db());
    await client.close();
    const port = await freePort();
    const process = new MeasuredProcess({
      args: [...WEB_OPTIONS, ...nodeOptions, resolve(DIST, "api/main.js")],
      talksBy: isTalking ? "quiet-message" : "nothing",
      env: {
        ...SETTINGS,
        ...settings,
        PORT: String(port),
        MONGODB_URL: mongodbUrl,
        REDIS_URL: await redis.readyUrl(),
        SESSION_SECRETS: randomBytes(32).toString("hex"),
      },
    });
    const web = new Web({
      url: `http://127.0.0.1:${port}`,
      mongodbUrl,
      process,
      stores: [mongo, redis],
      folder,
    });
    await web.#untilReady();
    return web;
  }

  /** The time so far that the thread of the event loop had a core, and that it waited for one, in milliseconds (proc(5), `schedstat`). */
  eventLoopMs(): { readonly ran: number; readonly waited: number } {
    const pid = String(this.process.child.pid);
    const [ran, waited] = readFileSync(`/proc/${pid}/task/${pid}/schedstat`, "utf8").split(" ");
    return { ran: Number(ran) / NANOSECONDS, waited: Number(waited) / NANOSECONDS };
  }

  async stop(): Promise<void> {
    await this.process.stop();
    for (const store of this.#stores) await store.stop();
    rmSync(this.#folder, { recursive: true });
  }

  async #untilReady(): Promise<void> {
    const ask = () => fetch(`${this.url}/readyz`).catch(() => undefined);
    while ((await ask())?.status !== 200) await sleep(50);
  }
}

const SETTINGS = {
  NODE_ENV: "production",
  HOST: "127.0.0.1",
  SHUTDOWN_GRACE_SECONDS: "1",
};

function started(path: string, args: readonly string[]): MeasuredProcess {
  const options = ["--disable-warning=ExperimentalWarning", resolve(DIST, path), ...args];
  return new MeasuredProcess({ args: options, talksBy: "line" });
}

function withDatabase(mongodbUrl: string): string {
  const url = new URL(mongodbUrl);
  url.pathname = "/bench";
  return url.href;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new TypeError("There is no port");
  return address.port;
}
