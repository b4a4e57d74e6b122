import { CommandError } from "../errors.js";

/** Of a document, in bytes. */
export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;
/** Statements of one insert, update or delete. */
export const MAX_BATCH_STATEMENTS = 100_000;
/** Documents of a first batch when the client does not say. */
export const DEFAULT_BATCH_DOCUMENTS = 101;
/** After so many bytes a batch ends. More would hold up other clients longer and did not make readers faster. */
export const BATCH_BYTES = 2 * 1024 * 1024;
/** What the sorts and groups of all commands and open cursors may hold together before they are refused (292). */
export const MAX_MEMORY_BYTES = 64 * 1024 * 1024;
export const MAX_TIME_MS = 2 ** 31 - 1;

const MAX_NAMESPACE_BYTES = 255;
const MAX_DATABASE_BYTES = 63;

/** @throws CommandError InvalidNamespace (73) */
export function readDatabaseName(name: string): string {
  const isValid =
    name.length > 0 && Buffer.byteLength(name) <= MAX_DATABASE_BYTES && !/[/\\. "$\0]/.test(name);
  if (!isValid) throw new CommandError("InvalidNamespace", `Invalid database name: '${name}'`);
  return name;
}

/** @throws CommandError InvalidNamespace (73) */
export function readCollectionName(name: string): string {
  const isValid =
    name.length > 0 && !name.startsWith(".") && !name.endsWith(".") && !/[$\0]/.test(name);
  if (!isValid) throw new CommandError("InvalidNamespace", `Invalid collection name: '${name}'`);
  return name;
}

/** @throws CommandError InvalidNamespace (73) when the name is too long, or reserved, for a new collection. */
export function checkNewNamespace(namespace: string): void {
  if (Buffer.byteLength(namespace) > MAX_NAMESPACE_BYTES)
    throw new CommandError(
      "InvalidNamespace",
      `Namespace is longer than ${MAX_NAMESPACE_BYTES} bytes`,
    );
  if (/^[^.]*\.system\./.test(namespace))
    throw new CommandError("InvalidNamespace", `${namespace} is a reserved name`);
}

/** @throws CommandError InvalidLength (16) */
export function checkBatch(statements: readonly unknown[]): void {
  const { length } = statements;
  if (length >= 1 && length <= MAX_BATCH_STATEMENTS) return;
  throw new CommandError(
    "InvalidLength",
    `Write batch sizes must be between 1 and ${MAX_BATCH_STATEMENTS}. Got ${length} operations.`,
  );
}
