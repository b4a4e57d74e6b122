import { decodeDocument, getField, type RawDocument } from "../bson/document.js";
import { BsonType } from "../bson/type.js";
import { CommandError } from "../errors.js";
import {
  anyValue,
  boolean,
  document,
  milliseconds,
  text,
  unsupported,
  withoutEffect,
} from "./option-readers.js";
import type { OptionsOf } from "./options.js";

/** Fields that every command may have. */
export const COMMON_OPTIONS = {
  $db: text,
  lsid: document,
  maxTimeMS: milliseconds,
  readConcern: document,
  writeConcern: document,
  // One server: every read preference means this one, and there is no cluster time to wait for.
  $readPreference: withoutEffect,
  $clusterTime: withoutEffect,
  comment: withoutEffect,
  apiVersion: text,
  apiStrict: unsupported("commands are not told apart by API version", "APIStrictError"),
  apiDeprecationErrors: boolean,
  txnNumber: anyValue,
  startTransaction: anyValue,
  autocommit: anyValue,
};

export interface CommonOptions {
  readonly database: string;
  readonly session: string | undefined;
  readonly maxTimeMs: number;
}

/** @throws CommandError for what no command of this server can do. */
export function checkCommonOptions(options: OptionsOf<typeof COMMON_OPTIONS>): CommonOptions {
  const { txnNumber, startTransaction, autocommit, apiVersion } = options;
  // Not MongoDB's code 20: drivers replace an error of that code by the advice to switch off retryable writes.
  if (txnNumber !== undefined || startTransaction !== undefined || autocommit !== undefined)
    throw new CommandError(
      "CommandNotSupported",
      "This server has neither transactions nor retryable writes",
    );
  if (apiVersion !== undefined && apiVersion !== "1")
    throw new CommandError("APIVersionError", `API version '${apiVersion}' is not supported`);
  if (options.readConcern !== undefined) checkReadConcern(options.readConcern);
  if (options.writeConcern !== undefined) checkWriteConcern(options.writeConcern);
  return {
    database: options.$db ?? "",
    session: options.lsid === undefined ? undefined : readSession(options.lsid),
    maxTimeMs: options.maxTimeMS ?? 0,
  };
}

/** Of binary data: its length and subtype. */
const BINARY_HEAD_BYTES = 5;

/** A session's id, as hex. @throws CommandError TypeMismatch (14) */
export function readSession(lsid: RawDocument): string {
  const id = getField(lsid, "id");
  if (id?.type === BsonType.binData) return id.bytes.toString("hex", BINARY_HEAD_BYTES);
  throw new CommandError("TypeMismatch", "BSON field 'lsid.id' must be binary data");
}

const READ_CONCERNS: readonly unknown[] = [undefined, "local", "available", "majority"];

/** Everything that can be read is durable or about to be: these three mean the same here. */
function checkReadConcern(readConcern: RawDocument): void {
  const { level, ...others } = decodeDocument(readConcern);
  if (level === "snapshot")
    throw new CommandError("SnapshotUnavailable", "readConcern level snapshot is not supported");
  if (!READ_CONCERNS.includes(level))
    throw new CommandError("InvalidOptions", `readConcern level ${String(level)} is not supported`);
  const [other] = Object.keys(others).filter((name) => name !== "provenance");
  if (other !== undefined)
    throw new CommandError("InvalidOptions", `readConcern.${other} is not supported`);
}

const WRITE_CONCERN_FIELDS = ["w", "j", "fsync", "wtimeout", "provenance"];

/** An acknowledged write is on the disk of the only server: `w` 0, 1 and majority, with or without `j`. */
function checkWriteConcern(writeConcern: RawDocument): void {
  const options = decodeDocument(writeConcern);
  for (const name of Object.keys(options))
    if (!WRITE_CONCERN_FIELDS.includes(name))
      throw new CommandError("FailedToParse", `writeConcern.${name} is not supported`);
  const { w } = options;
  if (w === undefined || w === "majority") return;
  if (typeof w === "string")
    throw new CommandError("UnknownReplWriteConcern", `No write concern mode named '${w}' found`);
  const servers = Number(w);
  if (servers === 0 || servers === 1) return;
  if (servers > 1 && servers <= 50)
    throw new CommandError(
      "CannotSatisfyWriteConcern",
      "There is one server only: w must be 0 or 1",
    );
  throw new CommandError("FailedToParse", "w has to be 0, 1 or 'majority'");
}
