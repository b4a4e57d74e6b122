import { BsonType } from "./type.js";

/**
 * The length in bytes of a value that starts at `offset`, from its type alone (bsonspec.org).
 * Trusts the bytes: hostile input goes through `validateDocument` first.
 */
export function sizeOfValue(type: number, bytes: Buffer, offset: number): number {
  switch (type) {
    case BsonType.undefined:
    case BsonType.null:
    case BsonType.minKey:
    case BsonType.maxKey:
      return 0;
    case BsonType.bool:
      return 1;
    case BsonType.int:
      return 4;
    case BsonType.double:
    case BsonType.date:
    case BsonType.timestamp:
    case BsonType.long:
      return 8;
    case BsonType.objectId:
      return 12;
    case BsonType.decimal:
      return 16;
    case BsonType.regex: {
      const patternEnd = bytes.indexOf(0, offset);
      return bytes.indexOf(0, patternEnd + 1) + 1 - offset;
    }
    default:
      return sizeOfPrefixed(type, bytes, offset);
  }
}

function sizeOfPrefixed(type: number, bytes: Buffer, offset: number): number {
  const length = bytes.readInt32LE(offset);
  switch (type) {
    case BsonType.object:
    case BsonType.array:
    case BsonType.javascriptWithScope:
      return length;
    case BsonType.string:
    case BsonType.javascript:
    case BsonType.symbol:
      return 4 + length;
    case BsonType.binData:
      return 5 + length;
    case BsonType.dbPointer:
      return 4 + length + 12;
    default:
      throw new RangeError(`Unknown BSON type 0x${type.toString(16)}`);
  }
}
