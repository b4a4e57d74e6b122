import { CommandError } from "../errors.js";
import { MalformedMessageError } from "./malformed-message-error.js";

/** Nested documents and arrays that BSON may have here, as in MongoDB. */
export const MAX_DEPTH = 200;

const SMALLEST_DOCUMENT_BYTES = 5;

/** Where a walk stands: all lengths inside `bytes` are believed only after they were compared with `end`. */
interface Place {
  readonly bytes: Buffer;
  readonly depth: number;
}

/** Bytes of the values whose size does not depend on their content, by BSON type. */
const FIXED_BYTES = new Map([
  [0x01, 8], // double
  [0x06, 0], // undefined
  [0x07, 12], // ObjectId
  [0x08, 1], // boolean
  [0x09, 8], // date
  [0x0a, 0], // null
  [0x10, 4], // 32-bit integer
  [0x11, 8], // timestamp
  [0x12, 8], // 64-bit integer
  [0x13, 16], // decimal
  [0x7f, 0], // MaxKey
  [0xff, 0], // MinKey
]);

/**
 * Proves that a well-formed BSON document (bsonspec.org 1.1) starts at `start` and ends at or before `limit`:
 * after this, its lengths can be followed without another look.
 *
 * @returns Where the document ends.
 * @throws MalformedMessageError when it is not well-formed.
 * @throws CommandError Overflow (15) when it is nested deeper than {@link MAX_DEPTH}.
 */
export function checkDocument(bytes: Buffer, start: number, limit: number): number {
  return walkDocument({ bytes, depth: 1 }, start, limit);
}

function walkDocument({ bytes, depth }: Place, start: number, limit: number): number {
  if (depth > MAX_DEPTH)
    throw new CommandError("Overflow", `BSON is nested deeper than ${MAX_DEPTH} levels`);
  const end = start + readLength(bytes, start, limit);
  if (end - start < SMALLEST_DOCUMENT_BYTES || end > limit || bytes[end - 1] !== 0)
    throw new MalformedMessageError("A document has an impossible length");
  let position = start + 4;
  while (position < end - 1) {
    const type = bytes[position] ?? 0;
    const valueStart = skipName(bytes, position + 1, end - 1);
    position = skipValue({ bytes, depth }, { type, start: valueStart, limit: end - 1 });
    if (position > end - 1) throw new MalformedMessageError("A value is longer than its document");
  }
  return end;
}

function skipValue(
  place: Place,
  { type, start, limit }: { type: number; start: number; limit: number },
): number {
  const fixed = FIXED_BYTES.get(type);
  if (fixed !== undefined) return start + fixed;
  const { bytes, depth } = place;
  switch (type) {
    case 0x02: // string
    case 0x0d: // code
    case 0x0e: // symbol
      return skipString(bytes, start, limit);
    case 0x03: // document
    case 0x04: // array
      return walkDocument({ bytes, depth: depth + 1 }, start, limit);
    case 0x05: // binary
      return skipBinary(bytes, start, limit);
    case 0x0b: // regular expression: pattern and options
      return skipName(bytes, skipName(bytes, start, limit), limit);
    case 0x0c: // DBPointer
      return skipString(bytes, start, limit) + 12;
    case 0x0f: // code with scope
      return skipCodeWithScope(place, start, limit);
    default:
      throw new MalformedMessageError(`There is no BSON type ${type}`);
  }
}

function readLength(bytes: Buffer, start: number, limit: number): number {
  if (start + 4 > limit) throw new MalformedMessageError("A length is cut off");
  return bytes.readInt32LE(start);
}

function skipName(bytes: Buffer, start: number, limit: number): number {
  // Names are short: a call of `indexOf` would take longer.
  let end = start;
  while (end < limit && bytes[end] !== 0) end += 1;
  if (end >= limit) throw new MalformedMessageError("A name has no end");
  return end + 1;
}

function skipString(bytes: Buffer, start: number, limit: number): number {
  const length = readLength(bytes, start, limit);
  const end = start + 4 + length;
  if (length < 1 || end > limit || bytes[end - 1] !== 0)
    throw new MalformedMessageError("A string has an impossible length");
  return end;
}

function skipBinary(bytes: Buffer, start: number, limit: number): number {
  const length = readLength(bytes, start, limit);
  if (length < 0 || start + 5 + length > limit)
    throw new MalformedMessageError("A binary value has an impossible length");
  const isOldForm = bytes[start + 4] === 2;
  if (isOldForm && (length < 4 || bytes.readInt32LE(start + 5) !== length - 4))
    throw new MalformedMessageError("A binary value of subtype 2 contradicts its length");
  return start + 5 + length;
}

function skipCodeWithScope({ bytes, depth }: Place, start: number, limit: number): number {
  const end = start + readLength(bytes, start, limit);
  if (end > limit || end < start) throw new MalformedMessageError("Code has an impossible length");
  const scope = skipString(bytes, start + 4, end);
  if (walkDocument({ bytes, depth: depth + 1 }, scope, end) !== end)
    throw new MalformedMessageError("Code with scope contradicts its length");
  return end;
}
