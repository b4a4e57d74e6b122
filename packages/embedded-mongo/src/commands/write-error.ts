import { decodeDocument } from "../bson/document.js";
import type { CommandError } from "../errors.js";
import { DuplicateKeyError } from "../storage/duplicate-key-error.js";

/** How an error is told, in a reply as in an entry of `writeErrors`. */
export function writeErrorFields(error: CommandError): Record<string, unknown> {
  const { message, code, codeName } = error;
  const fields = { errmsg: message, code, codeName };
  if (!(error instanceof DuplicateKeyError)) return fields;
  const { keyPattern, keyValue } = error;
  return { ...fields, keyPattern: decodeDocument(keyPattern), keyValue: decodeDocument(keyValue) };
}
