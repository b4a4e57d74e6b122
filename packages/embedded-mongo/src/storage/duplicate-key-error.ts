import type { RawDocument } from "../bson/document.js";
import { buildDocument, getField } from "../bson/document.js";
import { type BsonValue, describeValue, NULL_VALUE } from "../bson/value.js";
import { BsonType } from "../bson/type.js";
import { CommandError } from "../errors.js";
import type { StoredIndex } from "./stored-index.js";

/** A unique index holds the key already; reported with `keyPattern` and `keyValue`. */
export class DuplicateKeyError extends CommandError {
  readonly keyPattern: RawDocument;
  readonly keyValue: RawDocument;

  constructor(namespace: string, index: StoredIndex, document: RawDocument) {
    const values = index.fields.map(({ path }) => [path, valueAt(document, path)] as const);
    const shown = values.map(([path, value]) => `${path}: ${describeValue(value)}`).join(", ");
    super(
      "DuplicateKey",
      `E11000 duplicate key error collection: ${namespace} index: ${index.name} dup key: { ${shown} }`,
    );
    this.keyPattern = index.keyPattern;
    this.keyValue = buildDocument(values);
  }
}

function valueAt(document: RawDocument, path: string): BsonValue {
  let value: BsonValue = { type: BsonType.object, bytes: document };
  for (const name of path.split(".")) {
    const next = value.type === BsonType.object ? getField(value.bytes, name) : undefined;
    if (next === undefined) return value.type === BsonType.object ? NULL_VALUE : value;
    value = next;
  }
  return value;
}
