import { setTimeout as sleep } from "node:timers/promises";
import {
  type Collection,
  type Db,
  type Document,
  MongoClient,
  type OptionalUnlessRequiredId,
} from "mongodb";
import { isDuplicateKey, translatingErrors } from "./mongo-errors.js";
import { settlingConnections } from "./settling-connection.js";

const DEFAULT_DATABASE = "stowage";

/** Between two tries to connect for the first time; each try waits for MongoDB as long as a command does. */
const CONNECT_PAUSE_MS = 200;

export interface Mongo {
  readonly client: MongoClient;
  /** Its methods, and those of its collections and cursors, throw {@link UnavailableError} where MongoDB is away. */
  readonly db: Db;
  close(): Promise<void>;
}

/**
 * A client that acknowledges nothing before a majority has it on disk. It connects at once or as soon as it can, and reconnects
 * by itself; what cannot be done within `timeoutMs` fails.
 *
 * @param url - A MongoDB connection string; the path names the database, `stowage` by default.
 */
export function openMongo({ url, timeoutMs }: { url: string; timeoutMs: number }): Mongo {
  const client = new MongoClient(url, {
    ...settlingConnections,
    appName: "stowage",
    writeConcern: { w: "majority", journal: true },
    readPreference: "primary",
    serverSelectionTimeoutMS: timeoutMs,
    connectTimeoutMS: timeoutMs,
    socketTimeoutMS: timeoutMs,
    waitQueueTimeoutMS: timeoutMs,
  });
  const closing = new AbortController();
  const connected = connectUntil(client, closing.signal);
  return {
    client,
    db: translatingErrors(client.db(databaseOf(url))),
    async close() {
      closing.abort();
      await client.close();
      await connected;
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
