import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Db, MongoClient } from "mongodb";
import { createIndexes } from "../../common/migrations/indexes.js";
import { rateLimitSettings } from "../../common/rate-limits/settings.js";
import { GridFsClient, StowageClient } from "./clients.js";
import { MeasuredProcess } from "./measured-process.js";
import { type Client, Clients, type Outcome, type Workload } from "./workload.js";

export const CONTENDERS = ["stowage", "encrypted", "gridfs", "driver"] as const;
export type ContenderName = (typeof CONTENDERS)[number];

const DIST = resolve(import.meta.dirname, "../..");
const CLIENTS = 32;
const LONGEST_BACKLOG_MS = 300_000;
/** As in the Procfile. */
const WEB_OPTIONS = ["--enable-source-maps", "--heap-growing-percent=200"];

export interface Stores {
  readonly mongodbUrl: string;
  readonly redisUrl: string;
}

export interface Options {
  /** For the web process, for example `--cpu-prof`. */
  readonly nodeOptions?: readonly string[];
  /** What the web process connects to, where that is not the stores themselves. */
  readonly webStores?: Stores;
}

interface Server {
  /** The process whose CPU time and memory count. */
  readonly process: MeasuredProcess;
  prepare(): Promise<void>;
  run(workload: Workload): Promise<Outcome>;
  stop(): Promise<void>;
}

/** A serving process with a database of its own. */
export class Contender {
  readonly name: ContenderName;
  readonly #server: Server;
  readonly #db: Db;

  private constructor(name: ContenderName, server: Server, db: Db) {
    this.name = name;
    this.#server = server;
    this.#db = db;
  }

  /** Its database is dropped when it stops. */
  static async start(name: ContenderName, stores: Stores, options: Options): Promise<Contender> {
    const client = await MongoClient.connect(stores.mongodbUrl);
    const db = client.db(`bench-${process.pid}-${name}`);
    if (name === "driver") return new Contender(name, await startDriver(stores, db), db);
    if (name === "gridfs") return new Contender(name, await startGridFs(stores, db), db);
    return new Contender(name, await startStowage(name, { stores, options, db }), db);
  }

  get process(): MeasuredProcess {
    return this.#server.process;
  }

  /** Opens new clients: accounts that have stored nothing. */
  prepare(): Promise<void> {
    return this.#server.prepare();
  }

  run(workload: Workload): Promise<Outcome> {
    return this.#server.run(workload);
  }

  /** Waits until the worker has inspected all uploads. */
  async settle(): Promise<void> {
    const startedAt = performance.now();
    while ((await this.#db.collection("versions").findOne({ state: "processing" })) !== null) {
      if (performance.now() - startedAt > LONGEST_BACKLOG_MS)
        throw new Error("The worker is stuck");
      await sleep(50);
    }
  }

  /** Removes all content, in bounded commands. */
  async clear(): Promise<void> {
    const files = this.#db.collection("blobs.files");
    const blobs = await files.find({}, { projection: { _id: 1 } }).toArray();
    for (const { _id } of blobs) {
      await this.#db.collection("blobs.chunks").deleteMany({ files_id: _id });
    }
    await files.deleteMany({});
  }

  async stop(): Promise<void> {
    await this.#server.stop();
    await this.#db.dropDatabase();
    await this.#db.client.close();
  }
}

async function startDriver({ mongodbUrl }: Stores, { databaseName }: Db): Promise<Server> {
  const path = resolve(import.meta.dirname, "driver.js");
  const args = [path, mongodbUrl, databaseName, String(CLIENTS)];
  const process = new MeasuredProcess({ args, talksBy: "message" });
  await once(process.child, "message");
  return {
    process,
    prepare: () => Promise.resolve(),
    stop: () => process.stop(),
    async run(workload) {
      const answered = once(process.child, "message");
      process.child.send(workload);
      const [outcome] = (await answered) as [Outcome];
      return outcome;
    },
  };
}

async function startGridFs({ mongodbUrl }: Stores, { databaseName }: Db): Promise<Server> {
  const path = resolve(import.meta.dirname, "gridfs-server.js");
  const process = new MeasuredProcess({ args: [path, mongodbUrl, databaseName], talksBy: "line" });
  const port = Number(new URL(await process.readyUrl()).port);
  return serverOf([process], () => GridFsClient.open(port));
}

/**
 * Web and worker as `npm start` has them, with their logs thrown away. What would disturb the measurements is off: passwords are
 * hashed cheaply, and the worker does not read all content again from time to time.
 */
async function startStowage(
  name: ContenderName,
  { stores, options, db }: { stores: Stores; options: Options; db: Db },
): Promise<Server> {
  await createIndexes(db);
  const port = await freePort();
  const settings = {
    NODE_ENV: "production",
    HOST: "127.0.0.1",
    PORT: String(port),
    REDIS_PREFIX: db.databaseName,
    SESSION_SECRETS: randomBytes(32).toString("hex"),
    DEFAULT_QUOTA_BYTES: String(1024 ** 4),
    PASSWORD_HASH_MEMORY_KIB: "8",
    SCRUB_BYTES_PER_SECOND: "0",
    SHUTDOWN_GRACE_SECONDS: "1",
    // Counted, but never reached: all requests come from one address.
    ...Object.fromEntries(
      Object.values(rateLimitSettings).map((each) => [each.name, "1000000000"]),
    ),
    ENCRYPTION_KEYS: name === "encrypted" ? `bench:${randomBytes(32).toString("base64")}` : "",
  };
  const environment = ({ mongodbUrl, redisUrl }: Stores) => ({
    ...settings,
    MONGODB_URL: urlOf(mongodbUrl, db.databaseName),
    REDIS_URL: redisUrl,
  });
  const { nodeOptions = [], webStores = stores } = options;
  const web = new MeasuredProcess({
    args: [...WEB_OPTIONS, ...nodeOptions, resolve(DIST, "api/main.js")],
    talksBy: "nothing",
    env: environment(webStores),
  });
  const worker = new MeasuredProcess({
    args: ["--enable-source-maps", resolve(DIST, "worker/main.js")],
    talksBy: "nothing",
    env: environment(stores),
  });
  await untilReady(web, `http://127.0.0.1:${port}/readyz`);
  return serverOf([web, worker], () => StowageClient.open(port));
}

/** @param processes - The measured one first. */
function serverOf(
  processes: readonly [MeasuredProcess, ...MeasuredProcess[]],
  openClient: () => Promise<Client>,
): Server {
  let clients = new Clients([]);
  return {
    process: processes[0],
    async prepare() {
      clients.close();
      const opened: Client[] = [];
      for (let n = 0; n < CLIENTS; n += 1) opened.push(await openClient());
      clients = new Clients(opened);
    },
    run: (workload) => clients.run(workload),
    async stop() {
      clients.close();
      for (const process of processes) await process.stop();
    },
  };
}

function urlOf(mongodbUrl: string, database: string): string {
  const [, server = "", query = ""] =
    /^([^:]+:\/\/[^/?]+)(?:\/[^?]*)?(\?.*)?$/.exec(mongodbUrl) ?? [];
  return `${server}/${database}${query}`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new TypeError("No port");
  return address.port;
}

async function untilReady(process: MeasuredProcess, url: string): Promise<void> {
  for (;;) {
    if (process.hasEnded) throw new Error("The web process did not start");
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok === true) return;
    await sleep(100);
  }
}
