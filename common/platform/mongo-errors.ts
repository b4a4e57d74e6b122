import { isNativeError } from "node:util/types";
import {
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
  6, // HostUnreachable
  7, // HostNotFound
  50, // MaxTimeMSExpired
  64, // WriteConcernTimeout
  89, // NetworkTimeout
  91, // ShutdownInProgress
  133, // FailedToSatisfyReadPreference
  134, // ReadConcernMajorityNotAvailableYet
  189, // PrimarySteppedDown
  262, // ExceededTimeLimit
  365, // TemporarilyUnavailable
  371, // UserWritesBlocked
  9001, // SocketException
  10107, // NotWritablePrimary
  11600, // InterruptedAtShutdown
  11602, // InterruptedDueToReplStateChange
  13435, // NotPrimaryNoSecondaryOk
  13436, // NotPrimaryOrSecondary
  14031, // OutOfDiskSpace
]);

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
