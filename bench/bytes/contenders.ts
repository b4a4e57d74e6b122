import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Db, MongoClient } from "mongodb";
import { createIndexes } from "../../common/migrations/indexes.js";
import { GridFsLane } from "./gridfs-lane.js";
import { type Job, type Lane, Lanes, type Outcome } from "./job.js";
import { MeasuredProcess } from "./measured-process.js";
import { ProductLane } from "./product-lane.js";

export const CONTENDERS = ["ours", "encrypted", "gridfs", "driver"] as const;
export type ContenderName = (typeof CONTENDERS)[number];

const DIST = resolve(import.meta.dirname, "../..");
const LANES = 32;
/** As in the Procfile. */
const AS_DEPLOYED = ["--enable-source-maps", "--heap-growing-percent=200"];

/** A serving process with a database of its own. */
export interface Contender {
  readonly name: ContenderName;
  readonly process: MeasuredProcess;
  /** Gives it fresh lanes: accounts with nothing reserved. */
  prepare(): Promise<void>;
  run(job: Job): Promise<Outcome>;
  /** Takes every chunk out of the store. */
  clear(): Promise<void>;
  stop(): Promise<void>;
}

export interface Stores {
  readonly mongodbUrl: string;
  readonly redisUrl: string;
  /** What the names of the databases begin with; they are dropped in the end. */
  readonly prefix: string;
  /** For example `--cpu-prof`; for the web process. */
  readonly nodeOptions: readonly string[];
}

export async function startContender(name: ContenderName, stores: Stores): Promise<Contender> {
  const database = `${stores.prefix}-${name}`;
  const client = await MongoClient.connect(stores.mongodbUrl);
  const db = client.db(database);
  const started =
    name === "driver" ? await startDriver(stores, database) : await startServer(name, stores, db);
  return {
    name,
    ...started,
    clear: () => clear(db),
    async stop() {
      started.close();
      await started.process.stop();
      await db.dropDatabase();
      await client.close();
    },
  };
}

async function startDriver({ mongodbUrl }: Stores, database: string) {
  const path = resolve(import.meta.dirname, "driver-process.js");
  const driver = new MeasuredProcess({ args: [path, mongodbUrl, database], talksBy: "message" });
  await once(driver.child, "message");
  return {
    process: driver,
    prepare: () => Promise.resolve(),
    close: () => undefined,
    async run(job: Job): Promise<Outcome> {
      const answered = once(driver.child, "message");
      driver.child.send(job);
      const [outcome] = (await answered) as [Outcome];
      return outcome;
    },
  };
}

async function startServer(name: Exclude<ContenderName, "driver">, stores: Stores, db: Db) {
  const isOurs = name !== "gridfs";
  const { port, process } = isOurs
    ? await startWeb(name, stores, db)
    : await startGridFs(stores, db);
  const openLane = (): Promise<Lane> => (isOurs ? ProductLane.open(port) : GridFsLane.open(port));
  let lanes = new Lanes([]);
  return {
    process,
    async prepare() {
      lanes.close();
      const opened: Lane[] = [];
      for (let n = 0; n < LANES; n += 1) opened.push(await openLane());
      lanes = new Lanes(opened);
    },
    run: (job: Job) => lanes.run(job),
    close: () => {
      lanes.close();
    },
  };
}

async function startGridFs({ mongodbUrl }: Stores, { databaseName }: Db) {
  const path = resolve(import.meta.dirname, "gridfs-server.js");
  const process = new MeasuredProcess({ args: [path, mongodbUrl, databaseName], talksBy: "line" });
  return { process, port: Number(new URL(await process.readyUrl()).port) };
}

/** The web process as it is deployed, with its log thrown away. Passwords are hashed cheaply: they are not what is measured. */
async function startWeb(name: string, stores: Stores, db: Db) {
  await createIndexes(db);
  const port = await freePort();
  const process = new MeasuredProcess({
    args: [...AS_DEPLOYED, ...stores.nodeOptions, resolve(DIST, "api/main.js")],
    talksBy: "nothing",
    env: {
      NODE_ENV: "production",
      HOST: "127.0.0.1",
      PORT: String(port),
      MONGODB_URL: urlOf(stores.mongodbUrl, db.databaseName),
      REDIS_URL: stores.redisUrl,
      REDIS_PREFIX: db.databaseName,
      SESSION_SECRETS: randomBytes(32).toString("hex"),
      ENCRYPTION_KEYS: name === "encrypted" ? `bench:${randomBytes(32).toString("base64")}` : "",
      DEFAULT_QUOTA_BYTES: String(1024 ** 4),
      PASSWORD_HASH_MEMORY_KIB: "8",
      SHUTDOWN_GRACE_SECONDS: "1",
    },
  });
  await untilReady(process, `http://127.0.0.1:${port}/readyz`);
  return { process, port };
}

/** In bounded steps, as the product removes chunks. */
async function clear(db: Db): Promise<void> {
  const chunks = db.collection("blobs.chunks");
  const files = await db
    .collection("blobs.files")
    .find({}, { projection: { _id: 1 } })
    .toArray();
  for (const { _id } of files) await chunks.deleteMany({ files_id: _id });
  await db.collection("blobs.files").deleteMany({});
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
