import { setTimeout as sleep } from "node:timers/promises";
import {
  type Collection,
  type Db,
  type Document,
  MongoClient,
  type OptionalUnlessRequiredId,
} from "mongodb";
import { ConfigError } from "./config.js";
import { DatabaseClock } from "./database-clock.js";
import type { Logger } from "./log.js";
import { CircuitBreaker } from "./circuit-breaker.js";
import { guarded } from "./guarded-mongo.js";
import { isDuplicateKey } from "./mongo-errors.js";
import { reasonOf, serversOf, watchMongo } from "./mongo-outages.js";
import { settlingConnections } from "./settling-connection.js";
import { type StoreTls, tlsOptionsOf } from "./store-tls.js";

const DEFAULT_DATABASE = "stowage";

/** Between two tries to connect for the first time; each try waits for MongoDB as long as a command does. */
const CONNECT_PAUSE_MS = 200;

export interface Mongo {
  readonly client: MongoClient;
  /** Its methods, and those of its collections and cursors, throw {@link UnavailableError} where MongoDB is away. */
  readonly db: Db;
  /** The database's time, for all that another process compares with its own: leases, expiries, order. */
  readonly now: () => Date;
  close(): Promise<void>;
}

interface Options {
  readonly url: string;
  /** Counts where the URL asks for TLS: `tls=true`, or `mongodb+srv://`. */
  readonly tls?: StoreTls | undefined;
  readonly timeoutMs: number;
  /** Told while MongoDB is not there, and when the clock of this process is not the database's. */
  readonly log?: Logger;
}

/**
 * A client that acknowledges nothing before a majority has it on disk. It connects at once or as soon as it can, and reconnects
 * by itself; what is not answered within `timeoutMs` fails.
 *
 * @param url - A MongoDB connection string; the path names the database, `stowage` by default.
 * @throws {@link ConfigError} when the URL is invalid.
 */
export function openMongo({ url, tls, timeoutMs, log }: Options): Mongo {
  const client = createClient(url, { tls, timeoutMs, selectionTimeoutMs: timeoutMs });
  const closing = new AbortController();
  const watch = watchMongo(client, url, (text, facts) => log?.warn(facts, text));
  const connected = connectUntil(client, closing.signal).finally(watch.stop);
  return wrap(client, url, {
    timeoutMs,
    log,
    async close() {
      closing.abort();
      await client.close();
      await connected;
    },
  });
}

interface CommandOptions {
  readonly url: string;
  readonly tls?: StoreTls | undefined;
  /** How long one command may take. */
  readonly timeoutMs: number;
  /** `DEPENDENCY_TIMEOUT_MS`. */
  readonly dependencyTimeoutMs: number;
  /** Told within seconds that MongoDB is waited for, and why it does not answer where that is known. */
  readonly say: (text: string) => void;
}

/**
 * The same for a command: it needs MongoDB now, and does not wait longer than three times `dependencyTimeoutMs` for it.
 *
 * @throws {@link NoMongoError}; {@link ConfigError} when the URL is invalid.
 */
export async function connectMongo(options: CommandOptions): Promise<Mongo> {
  const { url, tls, timeoutMs, dependencyTimeoutMs, say } = options;
  const selectionTimeoutMs = 3 * dependencyTimeoutMs;
  const client = createClient(url, { tls, timeoutMs, selectionTimeoutMs });
  const watch = watchMongo(client, url, (text, { server, reason }) => {
    say(`${text}: ${server}${reason === undefined ? "" : `: ${reason}`}`);
  });
  const mongo = wrap(client, url, { timeoutMs, close: () => client.close() });
  try {
    await client.connect();
    return mongo;
  } catch (error) {
    await mongo.close();
    throw new NoMongoError(url, watch.firstReason() ?? reasonOf(error));
  } finally {
    watch.stop();
  }
}

/** MongoDB did not answer a command that cannot do without it. */
export class NoMongoError extends Error {
  constructor(url: string, reason: string) {
    super(`MongoDB at ${serversOf(url)} does not answer: ${reason}`);
  }
}

interface ClientOptions {
  readonly tls: StoreTls | undefined;
  readonly timeoutMs: number;
  readonly selectionTimeoutMs: number;
}

function createClient(
  url: string,
  { tls, timeoutMs, selectionTimeoutMs }: ClientOptions,
): MongoClient {
  try {
    return new MongoClient(url, {
      ...settlingConnections,
      ...(tls !== undefined && tlsOptionsOf(tls)),
      appName: "stowage",
      writeConcern: { w: "majority", journal: true },
      readPreference: "primary",
      serverSelectionTimeoutMS: selectionTimeoutMs,
      connectTimeoutMS: Math.min(timeoutMs, selectionTimeoutMs),
      socketTimeoutMS: timeoutMs,
      waitQueueTimeoutMS: timeoutMs,
    });
  } catch (error) {
    // The driver's message may hold the whole URL, with its password.
    const reason = reasonOf(error).replaceAll(url, "the URL");
    throw new ConfigError(`MONGODB_URL cannot be used: ${reason}`);
  }
}

interface WrapOptions {
  readonly timeoutMs: number;
  readonly log?: Logger | undefined;
  readonly close: () => Promise<void>;
}

function wrap(client: MongoClient, url: string, { timeoutMs, log, close }: WrapOptions): Mongo {
  const clock = new DatabaseClock({ own: () => new Date(), log });
  clock.watch(client);
  const ping = () => client.db().command({ ping: 1 });
  const breaker = new CircuitBreaker({ store: "MongoDB", timeoutMs, ping });
  return {
    client,
    db: guarded(client.db(databaseOf(url)), { breaker, timeoutMs }),
    now: clock.now,
    close() {
      breaker.close();
      return close();
    },
  };
}

/**
 * Connects, however long MongoDB is away: the driver reconnects by itself only after it was connected once, and answers every
 * later command with "Topology is closed" when its first try failed. Until then commands fail within their time limit.
 */
async function connectUntil(client: MongoClient, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await client.connect();
      return;
    } catch {
      // A command that needs MongoDB meanwhile fails with the reason.
      await sleep(CONNECT_PAUSE_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}

function databaseOf(url: string): string {
  const name = /^[^:]+:\/\/[^/]+\/([^?]+)/.exec(url)?.[1];
  return name === undefined ? DEFAULT_DATABASE : decodeURIComponent(name);
}

/** Resolves to `false` when a unique index, that of `_id` included, holds a key of the document already. */
export async function insertUnlessTaken<T extends Document>(
  collection: Collection<T>,
  document: T,
): Promise<boolean> {
  try {
    await collection.insertOne(document as OptionalUnlessRequiredId<T>);
    return true;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}

/**
 * Runs an upsert, and runs it again when a unique index refuses it. Two upserts at once may both find nothing. MongoDB then refuses the slower
 * one, unless its filter is exactly the unique key. The second try finds the document of the faster one.
 */
export async function upserting<T>(upsert: () => Promise<T>): Promise<T> {
  try {
    return await upsert();
  } catch (error) {
    if (isDuplicateKey(error)) return upsert();
    throw error;
  }
}
