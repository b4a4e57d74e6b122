import { randomBytes } from "node:crypto";
import { Registry } from "prom-client";
import { type WebConfig, webSettings } from "../../api/settings.js";
import { startWeb, type Web } from "../../api/web.js";
import type { AccountChange } from "../../common/accounts/admin-repository.js";
import type { Role } from "../../common/accounts/role.js";
import { accountActor, type AccountActor } from "../../common/access/actor.js";
import type { Id } from "../../common/platform/ids.js";
import type { Maintenance } from "../../common/maintenance/open.js";
import { createIndexes } from "../../common/migrations/indexes.js";
import { loadConfig } from "../../common/platform/config.js";
import { type Mongo, openMongo } from "../../common/platform/mongo.js";
import { closeRedis, openRedis, type Redis } from "../../common/platform/redis.js";
import type { JobOf } from "../../common/queue/catalogue.js";
import {
  openWebProduct,
  openWorkerProduct,
  type WebProduct,
  type WorkerProduct,
} from "../../common/product.js";
import { createJobHandlers, type JobDoer, runJob } from "../../worker/jobs.js";
import { type WorkerConfig, workerSettings } from "../../worker/settings.js";
import { listJobs } from "./jobs-to-do.js";
import { collectLogLines } from "./log-lines.js";
import { RawClient } from "./raw-client.js";
import { Client } from "./client.js";
import { newName, serverUrls, withDatabase } from "./databases.js";
import { eventually } from "./eventually.js";
import { UNLIMITED } from "./unlimited.js";
import { isAny, isAnyWork, type Leftovers, listLeftovers, listWork } from "./invariants.js";

export type WorldConfig = WebConfig & WorkerConfig;

/** Hundreds at once would wait for a store on a busy machine until it counts as silent. */
const JOBS_AT_ONCE = 32;

/** Passwords cost next to nothing here, few tests need previews or search contents, and nothing is lenient with time. */
const TEST_ENVIRONMENT = {
  ...UNLIMITED,
  ...{ PREVIEWS: "off", DETAILS: "off", CONTENT_SEARCH: "off" },
  HOST: "127.0.0.1",
  PORT: "0",
  LOG_LEVEL: "silent",
  PASSWORD_HASH_MEMORY_KIB: "64",
  MAX_CONCURRENT_PASSWORD_HASHES: "16",
  ORPHAN_GRACE_SECONDS: "0",
  ACCOUNT_PURGE_DELAY_SECONDS: "0",
  TRASH_RETENTION_DAYS: "0",
  RECONCILE_INTERVAL_SECONDS: "0",
  VERSIONS_ROUND_INTERVAL_SECONDS: "0",
  EVENTS_RETENTION_INTERVAL_SECONDS: "0",
};

/** A Stowage of its own: a database, a prefix in Redis, the insides of web processes on free ports, and a worker's. */
export class World {
  readonly config: WorldConfig;
  readonly mongo: Mongo;
  readonly redis: Redis;
  readonly jobs: Maintenance;
  /** What requests are answered with, for tests that do without HTTP. */
  readonly services: WebProduct;
  /** What all parts of this world have logged, on every level. */
  readonly logs = collectLogLines();
  readonly worker: WorkerProduct;
  readonly #handlers: JobDoer;
  readonly #webs: Web[] = [];
  readonly #rawClients: RawClient[] = [];

  private constructor(changes: Partial<WorldConfig>) {
    const { mongodbUrl, redisUrl } = serverUrls();
    const name = newName();
    const environment = {
      ...TEST_ENVIRONMENT,
      MONGODB_URL: withDatabase(mongodbUrl, name),
      REDIS_URL: redisUrl,
      REDIS_PREFIX: name,
      SESSION_SECRETS: randomBytes(32).toString("hex"),
    };
    this.config = {
      ...loadConfig(webSettings, environment),
      ...loadConfig(workerSettings, environment),
      ...changes,
    };
    const { log } = this.logs;
    const timeoutMs = this.config.dependencyTimeoutMs;
    this.mongo = openMongo({ url: this.config.mongodbUrl, timeoutMs });
    this.redis = openRedis({ url: redisUrl, timeoutMs, log });
    const parts = {
      db: this.mongo.db,
      redis: this.redis,
      settings: this.config,
      log,
      now: this.mongo.now,
    };
    this.services = openWebProduct(parts);
    this.worker = openWorkerProduct(parts);
    this.jobs = this.worker.maintenance;
    this.#handlers = createJobHandlers(this.jobs);
  }

  static async start(changes: Partial<WorldConfig> = {}): Promise<World> {
    const world = new World(changes);
    try {
      await createIndexes(world.mongo.db);
      await world.addWeb();
      return world;
    } catch (error) {
      await world.close().catch(() => undefined);
      throw error;
    }
  }

  /** Starts one more web process's insides, with settings of its own. @returns Its URL. */
  async addWeb(changes: Partial<WorldConfig> = {}): Promise<string> {
    const web = await startWeb(
      { ...this.config, ...changes },
      { log: this.logs.log, registry: new Registry() },
    );
    this.#webs.push(web);
    return `http://127.0.0.1:${web.address.port}`;
  }

  /** The port of the first web process. */
  get port(): number {
    const [web] = this.#webs;
    if (web === undefined) throw new Error("The world has not started");
    return web.address.port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Somebody new, without an account. */
  visitor(url = this.url): Client {
    return new Client(url);
  }

  /** Somebody with an account, signed in. */
  async member(url = this.url): Promise<Client> {
    const client = this.visitor(url);
    await client.register();
    return client;
  }

  /** Somebody with an account of another role, signed in. */
  async person(role: Role, url = this.url): Promise<Client> {
    const client = await this.member(url);
    await this.setRole(client, role);
    return client;
  }

  /** Gives the account of a client another role. */
  setRole(client: Client, role: Role): Promise<void> {
    return this.#changeAccount(client, { role });
  }

  /** Disables the account of a client. */
  disable(client: Client): Promise<void> {
    return this.#changeAccount(client, { isDisabled: true });
  }

  async #changeAccount(client: Client, change: AccountChange): Promise<void> {
    const { id } = (await client.get("/api/v1/me")).json;
    await this.services.accountAdministration.change(id, change);
  }

  /** Whom the requests of a client act for. */
  async actorOf(client: Client): Promise<AccountActor> {
    return this.actorFor((await client.get("/api/v1/me")).json.id);
  }

  /** An account as an actor, signed in. */
  async actorFor(accountId: Id): Promise<AccountActor> {
    const { accounts } = this.services;
    const account = await accounts.findSignedIn({ accountId, signedInAt: new Date() });
    if (account === undefined) throw new Error("There is no such account");
    return accountActor(account, { kind: "session", id: "test", methods: [] });
  }

  /** A connection on which a test speaks HTTP by hand; it is cut with the world. */
  async raw(): Promise<RawClient> {
    const raw = await RawClient.open(this.port);
    this.#rawClients.push(raw);
    return raw;
  }

  /**
   * Does all jobs that there are, then sweeps what they have left, until no request stores anything and nothing is left to do.
   * Like the sweep it takes the jobs from MongoDB, not from the queue: a worker for every test would cost more than most tests.
   * Leases do not end meanwhile: what a request leaves in the ledger fails this after 20 s.
   */
  async settle(): Promise<void> {
    const work = () => listWork(this.mongo.db);
    const goOn = async () => {
      const found = await work();
      if (!isAnyWork(found)) return found;
      await (isAny(found.jobs) ? this.#doJobs() : this.sweep());
      return work();
    };
    await eventually(goOn, (found) => !isAnyWork(found));
  }

  sweep(): Promise<void> {
    return this.jobs.sweep.run(new AbortController().signal);
  }

  leftovers(): Promise<Leftovers> {
    return listLeftovers(this.mongo.db);
  }

  /** Each step is taken, also when one before has failed. @throws AggregateError of those that did. */
  async close(): Promise<void> {
    for (const { socket } of this.#rawClients) socket.destroy();
    const steps: (() => Promise<unknown>)[] = [
      ...this.#webs.map((web) => () => web.stop(0)),
      () => this.services.close(),
      () => this.worker.close(),
      () => this.#forgetKeys(),
      () => this.mongo.db.dropDatabase(),
      () => closeRedis(this.redis),
      () => this.mongo.close(),
    ];
    const errors: unknown[] = [];
    for (const step of steps) await step().catch((error: unknown) => errors.push(error));
    if (errors.length > 0) throw new AggregateError(errors, "The world was not closed well");
  }

  async #forgetKeys(): Promise<void> {
    const keys = await this.redis.keys(`${this.config.redisPrefix}:*`);
    if (keys.length > 0) await this.redis.del(keys);
  }

  async #doJobs(): Promise<void> {
    const jobs = await listJobs(this.mongo.db, this.mongo.now());
    for (let begun = 0; begun < jobs.length; begun += JOBS_AT_ONCE) {
      await Promise.all(jobs.slice(begun, begun + JOBS_AT_ONCE).map((job) => this.#doJob(job)));
    }
  }

  /** As the runner does it: what fails is logged, and done again. */
  async #doJob(job: JobOf): Promise<void> {
    try {
      await runJob(this.#handlers, job, new AbortController().signal);
    } catch (error) {
      this.logs.log.error({ err: error, job: job.name }, "A job failed");
    }
  }
}
