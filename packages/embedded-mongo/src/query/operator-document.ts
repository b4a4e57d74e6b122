import { firstName } from "../bson/document.js";
import { BsonType } from "../bson/type.js";
import type { BsonValue } from "../bson/value.js";

/** Whether a value is `{ $operator: ... }` and not a document to compare with (a DBRef is one of those). */
export function isOperatorDocument(value: BsonValue): boolean {
  const name = value.type === BsonType.object ? firstName(value.bytes) : undefined;
  return name?.startsWith("$") === true && !["$ref", "$id", "$db"].includes(name);
}
