import { isDeepStrictEqual } from "node:util";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Db } from "mongodb";
import { createIndexes } from "../../common/migrations/indexes.js";
import { createLogger } from "../../common/platform/log.js";
import { openMongo } from "../../common/platform/mongo.js";
import { closeRedis, openRedis } from "../../common/platform/redis.js";
import type { WatchedProcess } from "./watched-process.js";
import { newName, serverUrls, withDatabase } from "./databases.js";
import { isAnyWork, type Leftovers, listLeftovers, listWork, NOTHING_LEFT } from "./invariants.js";
import { untilAnswered } from "./eventually.js";
import { freePort, startMongo, startPart, startRedisServer } from "./processes.js";
import { UNLIMITED } from "./unlimited.js";
import { TcpProxy } from "./tcp-proxy.js";

export type PartName = "mongo" | "redis" | "web" | "worker";
type Settings = Readonly<Record<string, string>>;

interface Options {
  /** Stores that only this deployment uses: whoever harms a store must own it. All tests share the others. */
  readonly owns?: readonly ("mongo" | "redis")[];
  readonly settings?: Settings;
  /** Whether {@link Deployment.proxy} stands between the product and a MongoDB of the deployment's own. */
  readonly hasProxy?: boolean;
  /** Words in front of the command that starts the deployment's own MongoDB. */
  readonly beforeMongo?: readonly string[];
  /** More options of the deployment's own Redis. */
  readonly redisOptions?: readonly string[];
}

/** Nothing is lenient with time here, and passwords cost next to nothing. */
const SETTINGS: Settings = {
  // They cost much time, and few tests need them.
  PREVIEWS: "off",
  ...UNLIMITED,
  HOST: "127.0.0.1",
  LOG_LEVEL: "info",
  PASSWORD_HASH_MEMORY_KIB: "64",
  MAX_CONCURRENT_PASSWORD_HASHES: "16",
  DEPENDENCY_TIMEOUT_MS: "2000",
  UPLOAD_LEASE_SECONDS: "2",
  JOB_LOCK_SECONDS: "1",
  SWEEP_INTERVAL_SECONDS: "1",
  ORPHAN_GRACE_SECONDS: "0",
  ACCOUNT_PURGE_DELAY_SECONDS: "0",
  TRASH_RETENTION_DAYS: "0",
};

/** Stowage as an operator has it: each part a process of its own, which can be killed and started again. */
export class Deployment {
  readonly folder = mkdtempSync(join(tmpdir(), "stowage-faults-"));
  readonly #options: Options;
  readonly #name = newName();
  readonly #ports: { readonly web: number; readonly redis: number };
  readonly #processes = new Map<PartName, WatchedProcess>();
  readonly #secret = randomBytes(32).toString("hex");
  /** Where the database is, without anything that stands between. */
  #mongodbUrl = "";
  #proxy: TcpProxy | undefined;

  private constructor(options: Options, ports: { web: number; redis: number }) {
    this.#options = options;
    this.#ports = ports;
  }

  /** Starts everything and waits until it is ready. */
  static async start(options: Options = {}): Promise<Deployment> {
    const deployment = await Deployment.prepare(options);
    await Promise.all([deployment.startPart("web"), deployment.startPart("worker")]);
    await deployment.untilReady();
    return deployment;
  }

  /** Starts the stores, and nothing of the product yet. */
  static async prepare(options: Options = {}): Promise<Deployment> {
    const deployment = new Deployment(options, { web: await freePort(), redis: await freePort() });
    await Promise.all((options.owns ?? []).map((store) => deployment.startPart(store)));
    deployment.#mongodbUrl ||= withDatabase(serverUrls().mongodbUrl, deployment.#name);
    if (options.hasProxy === true) deployment.#proxy = await TcpProxy.start(deployment.#mongodbUrl);
    await deployment.withDb(createIndexes);
    return deployment;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#ports.web}`;
  }

  get redisUrl(): string {
    const isOwn = this.#options.owns?.includes("redis") ?? false;
    return isOwn ? `redis://127.0.0.1:${this.#ports.redis}` : serverUrls().redisUrl;
  }

  get proxy(): TcpProxy {
    if (this.#proxy === undefined) throw new Error("This deployment has no proxy");
    return this.#proxy;
  }

  /** What web and worker are started with. */
  get settings(): Settings {
    return {
      ...SETTINGS,
      PORT: String(this.#ports.web),
      MONGODB_URL: this.#proxy?.url ?? this.#mongodbUrl,
      REDIS_URL: this.redisUrl,
      REDIS_PREFIX: this.#name,
      SESSION_SECRETS: this.#secret,
      ...this.#options.settings,
    };
  }

  process(part: PartName): WatchedProcess {
    const process = this.#processes.get(part);
    if (process === undefined) throw new Error(`${part} was not started`);
    return process;
  }

  /** Starts a part, again or for the first time, and waits until it serves or works. */
  async startPart(part: PartName): Promise<void> {
    if (part === "mongo") await this.#startMongo();
    else if (part === "redis") {
      this.#processes.set(
        part,
        await startRedisServer(this.#ports.redis, this.#options.redisOptions),
      );
    } else if (part === "web") {
      const web = startPart("api", this.settings);
      this.#processes.set(part, web);
      await web.untilPrinted("The web process is ready");
    } else {
      const worker = startPart("worker", this.settings);
      this.#processes.set(part, worker);
      await worker.untilPrinted("The worker is ready");
    }
  }

  /** What a part logged as a failure of its own, which no fault of a store or a client may be. */
  failures(part: "web" | "worker"): string[] {
    return this.process(part)
      .output.split("\n")
      .filter((line) => /"level":[56]0/.test(line));
  }

  /** Ends a part without any warning. */
  async kill(part: PartName): Promise<void> {
    await this.process(part).stop("SIGKILL");
  }

  /** Waits until the web process says that it and both stores are well. */
  async untilReady(): Promise<void> {
    await untilAnswered(async () => {
      const { status } = await fetch(`${this.url}/readyz`);
      return status === 200 || undefined;
    });
  }

  /** Looks into the database, by a connection that nothing stands between. */
  async withDb<T>(look: (db: Db) => Promise<T>): Promise<T> {
    const mongo = openMongo({ url: this.#mongodbUrl, timeoutMs: 10_000 });
    try {
      return await look(mongo.db);
    } finally {
      await mongo.close();
    }
  }

  /**
   * Waits until every job is done and the sweep has put everything right.
   *
   * @returns what remains, which is {@link NOTHING_LEFT} if it comes to rest.
   * @throws when work remains that nobody does; the message counts it.
   */
  async leftovers(limitMs = 40_000): Promise<Leftovers> {
    return this.withDb(async (db) => {
      const isAtRest = async () =>
        (!isAnyWork(await listWork(db)) &&
          isDeepStrictEqual(await listLeftovers(db), NOTHING_LEFT)) ||
        undefined;
      await untilAnswered(isAtRest, limitMs).catch(() => undefined);
      const work = await listWork(db);
      if (isAnyWork(work)) throw new Error(`Not everything was done: ${JSON.stringify(work)}`);
      return listLeftovers(db);
    });
  }

  /** Ends every process, and leaves nothing in the shared stores and on the disk. */
  async close(): Promise<void> {
    for (const part of ["web", "worker"] as const) await this.#processes.get(part)?.stop("SIGKILL");
    const { owns = [] } = this.#options;
    try {
      if (!owns.includes("mongo")) await this.withDb((db) => db.dropDatabase());
      if (!owns.includes("redis")) await this.#forgetKeys();
    } finally {
      await this.#proxy?.close();
      for (const store of owns) await this.#processes.get(store)?.stop("SIGKILL");
      rmSync(this.folder, { recursive: true });
    }
  }

  async #startMongo(): Promise<void> {
    const before = this.#options.beforeMongo ?? [];
    const { server, url } = await startMongo({ folder: join(this.folder, "mongo"), before });
    this.#processes.set("mongo", server);
    this.#mongodbUrl = url;
  }

  async #forgetKeys(): Promise<void> {
    const log = createLogger({ level: "silent", part: "test" });
    const redis = openRedis({ url: this.redisUrl, timeoutMs: 10_000, log });
    const keys = await redis.keys(`${this.#name}:*`);
    if (keys.length > 0) await redis.del(keys);
    await closeRedis(redis);
  }
}
