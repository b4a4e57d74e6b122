import { readElements, readValues } from "./document.js";
import { encodeNumber } from "./number-key.js";
import { BsonType, Bracket, bracketOf } from "./type.js";
import { textBytes, type BsonValue } from "./value.js";

const END_OF_OBJECT = 0x00;
const END_OF_TEXT = Buffer.from([0x00, 0x01]);
const ESCAPED_NUL = Buffer.from([0x00, 0xff]);
const SIGN_BIT = 0x80;

/**
 * Encodes a value so that comparing two encodings byte by byte (memcmp) gives MongoDB's comparison order of the
 * values, across all BSON types; equal values (Int32 1, Double 1.0, Decimal128 1.00) have equal encodings. No encoding
 * is a prefix of another one, so encodings can be concatenated into compound keys, and the bitwise complement
 * ({@link complement}) gives the reverse order. This is the one truth for order and equality in this server.
 *
 * An encoding is the bracket of the type (see `Bracket`), then what orders the values of that bracket.
 */
export function encodeValue(value: BsonValue): Buffer {
  const parts: Buffer[] = [];
  encodeInto(parts, value);
  return Buffer.concat(parts);
}

/** The bitwise complement of an encoding: the order of a descending field. */
export function complement(encoded: Buffer): Buffer {
  const result = Buffer.allocUnsafe(encoded.length);
  for (let at = 0; at < encoded.length; at += 1) result[at] = 0xff ^ (encoded[at] ?? 0);
  return result;
}

function encodeInto(parts: Buffer[], value: BsonValue): void {
  const bracket = bracketOf(value.type);
  parts.push(Buffer.from([bracket]));
  encodePayload(parts, bracket, value);
}

function encodePayload(parts: Buffer[], bracket: number, value: BsonValue): void {
  switch (bracket) {
    case Bracket.number:
      parts.push(encodeNumber(value));
      return;
    case Bracket.string:
    case Bracket.javascript:
      encodeText(parts, textBytes(value));
      return;
    case Bracket.object:
      encodeObject(parts, value.bytes);
      return;
    case Bracket.array:
      for (const item of readValues(value.bytes)) encodeInto(parts, item);
      parts.push(Buffer.from([END_OF_OBJECT]));
      return;
    case Bracket.javascriptWithScope:
      encodeCodeWithScope(parts, value.bytes);
      return;
    default:
      parts.push(encodeFixed(value));
  }
}

/** NUL becomes 00 FF and the end is 00 01, so that "a" sorts before "a\0" and neither is a prefix of the other. */
function encodeText(parts: Buffer[], text: Buffer): void {
  let start = 0;
  for (let nul = text.indexOf(0); nul !== -1; nul = text.indexOf(0, start)) {
    parts.push(text.subarray(start, nul), ESCAPED_NUL);
    start = nul + 1;
  }
  parts.push(text.subarray(start), END_OF_TEXT);
}

/** MongoDB compares two objects field by field: by type bracket, then by name, then by value. */
function encodeObject(parts: Buffer[], document: Buffer): void {
  for (const element of readElements(document)) {
    const bracket = bracketOf(element.type);
    parts.push(Buffer.from([bracket]));
    encodeText(parts, Buffer.from(element.name));
    encodePayload(parts, bracket, element);
  }
  parts.push(Buffer.from([END_OF_OBJECT]));
}

function encodeCodeWithScope(parts: Buffer[], bytes: Buffer): void {
  const codeEnd = 8 + bytes.readInt32LE(4);
  encodeText(parts, bytes.subarray(8, codeEnd - 1));
  encodeObject(parts, bytes.subarray(codeEnd));
}

/** Types whose order is that of bytes once these are in the right sequence. */
function encodeFixed({ type, bytes }: BsonValue): Buffer {
  switch (type) {
    case BsonType.date: {
      const encoded = Buffer.from(bytes).reverse();
      encoded[0] = (encoded[0] ?? 0) ^ SIGN_BIT;
      return encoded;
    }
    case BsonType.timestamp:
      return Buffer.from(bytes).reverse();
    case BsonType.binData:
    case BsonType.dbPointer: {
      // By length first, then by subtype and content, as they follow each other in BSON.
      const encoded = Buffer.from(bytes);
      encoded.writeUInt32BE(bytes.readUInt32LE());
      return encoded;
    }
    default:
      return bytes;
  }
}
