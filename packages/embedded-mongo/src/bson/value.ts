import { BSON, ObjectId } from "bson";
import { BsonType, nameOfType } from "./type.js";

/**
 * One BSON value as it stands in a document: its type byte and its payload, which is a view into the document and is
 * never changed. Nothing is decoded before somebody asks, so Double(3.0) stays a Double and a 255 KiB Binary costs
 * nothing to carry along.
 */
export interface BsonValue {
  readonly type: number;
  /** The payload without type byte and field name; for strings including the length prefix and the final NUL. */
  readonly bytes: Buffer;
}

const NOTHING = Buffer.alloc(0);

export const NULL_VALUE: BsonValue = { type: BsonType.null, bytes: NOTHING };
export const UNDEFINED_VALUE: BsonValue = { type: BsonType.undefined, bytes: NOTHING };
export const TRUE_VALUE: BsonValue = { type: BsonType.bool, bytes: Buffer.from([1]) };
export const FALSE_VALUE: BsonValue = { type: BsonType.bool, bytes: Buffer.from([0]) };

/** A value of its own, which keeps nothing of the document alive that the other is a view of. */
export function copyValue({ type, bytes }: BsonValue): BsonValue {
  return { type, bytes: Buffer.from(bytes) };
}

export function boolValue(value: boolean): BsonValue {
  return value ? TRUE_VALUE : FALSE_VALUE;
}

export function intValue(value: number): BsonValue {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeInt32LE(value);
  return { type: BsonType.int, bytes };
}

export function longValue(value: bigint): BsonValue {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigInt64LE(value);
  return { type: BsonType.long, bytes };
}

export function doubleValue(value: number): BsonValue {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeDoubleLE(value);
  return { type: BsonType.double, bytes };
}

/** @param milliseconds - Since the epoch, as a signed 64-bit integer. */
export function dateValue(milliseconds: bigint): BsonValue {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigInt64LE(milliseconds);
  return { type: BsonType.date, bytes };
}

export function stringValue(text: string): BsonValue {
  const length = Buffer.byteLength(text);
  const bytes = Buffer.alloc(length + 5);
  bytes.writeInt32LE(length + 1);
  bytes.write(text, 4);
  return { type: BsonType.string, bytes };
}

export function objectIdValue(id: ObjectId): BsonValue {
  return { type: BsonType.objectId, bytes: Buffer.from(id.id) };
}

/** @param document - Raw BSON. */
export function objectValue(document: Buffer): BsonValue {
  return { type: BsonType.object, bytes: document };
}

/** The UTF-8 bytes of a string, symbol or JavaScript value, without length prefix and final NUL. */
export function textBytes(value: BsonValue): Buffer {
  return value.bytes.subarray(4, value.bytes.length - 1);
}

export function textOf(value: BsonValue): string {
  return value.bytes.toString("utf8", 4, value.bytes.length - 1);
}

/** The two strings of a regular expression value. */
export function regexOf(value: BsonValue): { pattern: string; options: string } {
  const end = value.bytes.indexOf(0);
  return {
    pattern: value.bytes.toString("utf8", 0, end),
    options: value.bytes.toString("utf8", end + 1, value.bytes.length - 1),
  };
}

/** A value from a JavaScript one, as `BSON.serialize` sees it (the classes of `bson` keep their type). */
export function fromJs(value: unknown): BsonValue {
  const document = Buffer.from(BSON.serialize({ v: value }, { ignoreUndefined: false }));
  return { type: document[4] ?? 0, bytes: document.subarray(7, document.length - 1) };
}

/** The value as the classes of `bson`, without any loss of type: Long, Int32, Double and Binary are kept. */
export function toJs(value: BsonValue): unknown {
  const head = Buffer.from([0, 0, 0, 0, value.type, 0x76, 0]);
  const document = Buffer.concat([head, value.bytes, NOTHING, Buffer.from([0])]);
  document.writeInt32LE(document.length);
  return BSON.deserialize(document, { promoteValues: false, bsonRegExp: true })["v"];
}

/** The value in MongoDB's extended JSON, cut at 100 characters: for messages only. */
export function describeValue(value: BsonValue | undefined): string {
  if (value === undefined) return "missing";
  if (value.type === BsonType.undefined) return "undefined";
  const json = BSON.EJSON.stringify(toJs(value));
  return json.length > 100 ? `${json.slice(0, 100)}...` : json;
}

/** The alias of a value's type, `missing` for a field that is not there. */
export function typeNameOf(value: BsonValue | undefined): string {
  return value === undefined ? "missing" : nameOfType(value.type);
}
