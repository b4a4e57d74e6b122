import { isNativeError } from "node:util/types";
import {
  AbstractCursor,
  Collection,
  MongoBulkWriteError,
  MongoError,
  MongoNetworkError,
  MongoNotConnectedError,
  MongoOperationTimeoutError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
  MongoUnexpectedServerResponseError,
} from "mongodb";
import { UnavailableError } from "./errors.js";

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

/**
 * A database whose methods, and those of its collections and cursors, throw {@link UnavailableError} where MongoDB is away, and all other
 * errors as the driver does. The driver has no hook that runs after its own second try, so this is a proxy around what it gives out.
 */
export function translatingErrors<T extends object>(target: T): T {
  return new Proxy(target, {
    get(_target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== "function") return value;
      if (property === Symbol.asyncIterator) return () => iterate(target as AsyncIterable<unknown>);
      return (...args: unknown[]) => translated(Reflect.apply(value, target, args));
    },
  });
}

function translated(result: unknown): unknown {
  if (result instanceof Promise) return result.catch(rethrow);
  const givesOutMore = result instanceof Collection || result instanceof AbstractCursor;
  return givesOutMore ? translatingErrors(result) : result;
}

async function* iterate(cursor: AsyncIterable<unknown>): AsyncGenerator {
  try {
    yield* cursor;
  } catch (error) {
    rethrow(error);
  }
}

function rethrow(error: unknown): never {
  throw translateMongoError(error);
}

/** An error of the driver that means "MongoDB is away" as an {@link UnavailableError}; any other error as it is. */
export function translateMongoError(error: unknown): unknown {
  return isAway(error) ? new UnavailableError("MongoDB", { cause: error }) : error;
}

/** Whether MongoDB refused a write because a unique index holds the same key already. */
export function isDuplicateKey(error: unknown): boolean {
  return error instanceof MongoError && error.code === 11000;
}

/**
 * Whether a command was sent, and its connection then broke or its server stepped down: it may have been done, or may be done yet.
 *
 * @param error - Translated or not.
 */
export function isOutcomeUnknown(error: unknown): boolean {
  const cause = error instanceof UnavailableError ? error.cause : error;
  return !(cause instanceof MongoServerSelectionError) && isAway(cause);
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
