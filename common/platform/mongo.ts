import { setTimeout as sleep } from "node:timers/promises";
import { isNativeError } from "node:util/types";
import {
  type Collection,
  type Db,
  type Document,
  MongoBulkWriteError,
  MongoClient,
  MongoError,
  MongoNetworkError,
  MongoNotConnectedError,
  MongoOperationTimeoutError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
  MongoUnexpectedServerResponseError,
  type OptionalUnlessRequiredId,
} from "mongodb";
import { UnavailableError } from "./errors.js";
import { settlingConnections } from "./settling-connection.js";

const DEFAULT_DATABASE = "stowage";

/** Between two tries to connect for the first time; each try waits for MongoDB as long as a command does. */
const CONNECT_PAUSE_MS = 200;

/** Server codes that say "not now" rather than "not so" (MongoDB's error_codes.yml). */
const PASSING_CODES = new Set([
  50, // MaxTimeMSExpired
  64, // WriteConcernTimeout
  91, // ShutdownInProgress
  189, // PrimarySteppedDown
  10107, // NotWritablePrimary
  11600, // InterruptedAtShutdown
  11602, // InterruptedDueToReplStateChange
  13435, // NotPrimaryNoSecondaryOk
  13436, // NotPrimaryOrSecondary
  14031, // OutOfDiskSpace
]);

export interface Mongo {
  readonly client: MongoClient;
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
    db: client.db(databaseOf(url)),
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
      // Whoever needs MongoDB meanwhile is told why it does not answer.
      await sleep(CONNECT_PAUSE_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}

function databaseOf(url: string): string {
  const name = /^[^:]+:\/\/[^/]+\/([^?]+)/.exec(url)?.[1];
  return name === undefined ? DEFAULT_DATABASE : decodeURIComponent(name);
}

/** Whether MongoDB refused a write because a unique index holds the same key already. */
export function isDuplicateKey(error: unknown): boolean {
  return error instanceof MongoError && error.code === 11000;
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

/** Whether a command was sent, and may have been done or be done yet, when its connection broke or its server stepped down. */
export function isOutcomeUnknown(error: unknown): boolean {
  return !(error instanceof MongoServerSelectionError) && isAway(error);
}

/** An error of the driver that means "MongoDB is away" as an {@link UnavailableError}; any other error as it is. */
export function translateMongoError(error: unknown): unknown {
  return isAway(error) ? new UnavailableError("MongoDB", { cause: error }) : error;
}

function isAway(error: unknown): boolean {
  if (!(error instanceof MongoError)) return isBrokenSocket(error);
  // The driver wraps whatever breaks an insert of several documents, a lost connection too.
  if (error instanceof MongoBulkWriteError && isAway(error.errorResponse)) return true;
  return (
    error instanceof MongoNetworkError ||
    error instanceof MongoServerSelectionError ||
    error instanceof MongoNotConnectedError ||
    error instanceof MongoTopologyClosedError ||
    error instanceof MongoOperationTimeoutError ||
    isRetryGivenUp(error) ||
    error.name === "MongoWaitQueueTimeoutError" ||
    (typeof error.code === "number" && PASSING_CODES.has(error.code))
  );
}

/**
 * The driver tries a `bulkWrite` again whose connection broke, also where the server takes no second try (a standalone, as the
 * embedded store is one), finds that out late, and has no error of its own for it.
 */
function isRetryGivenUp(error: MongoError): boolean {
  return (
    error instanceof MongoUnexpectedServerResponseError &&
    error.message === "Selected server does not support retryable writes"
  );
}

/** The driver hands on as it is what breaks a socket while a large command is being written. */
function isBrokenSocket(error: unknown): boolean {
  return (
    isNativeError(error) &&
    "syscall" in error &&
    "code" in error &&
    (error.code === "EPIPE" || error.code === "ECONNRESET")
  );
}
