import { encodeValue } from "./encode.js";
import { BsonType, bracketOf } from "./type.js";
import { textBytes, type BsonValue } from "./value.js";

/**
 * Negative, 0 or positive as MongoDB orders `a` before, with or after `b`, across all BSON types.
 * The order is that of `encodeValue`; the short ways for common types give the same answer without encoding.
 */
export function compareValues(a: BsonValue, b: BsonValue): number {
  if (a.type === b.type) {
    if (a.bytes.equals(b.bytes)) return 0;
    const order = compareSameType(a, b);
    if (order !== undefined) return order;
  }
  const brackets = bracketOf(a.type) - bracketOf(b.type);
  return brackets === 0 ? Buffer.compare(encodeValue(a), encodeValue(b)) : brackets;
}

function compareSameType(a: BsonValue, b: BsonValue): number | undefined {
  switch (a.type) {
    case BsonType.int:
      return a.bytes.readInt32LE(0) - b.bytes.readInt32LE(0);
    case BsonType.string:
      return Buffer.compare(textBytes(a), textBytes(b));
    case BsonType.objectId:
    case BsonType.bool:
      return Buffer.compare(a.bytes, b.bytes);
    default:
      return undefined;
  }
}

/** Equality as MongoDB's comparison sees it: 1, 1.0 and Decimal128 1.00 are equal; field order in objects matters. */
export function equalValues(a: BsonValue, b: BsonValue): boolean {
  return compareValues(a, b) === 0;
}
