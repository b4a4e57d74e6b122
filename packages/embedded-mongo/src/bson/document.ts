import { BSON } from "bson";
import { sizeOfValue } from "./layout.js";
import { BsonType } from "./type.js";
import type { BsonValue } from "./value.js";

/**
 * A document is its raw BSON in a `Buffer`, everywhere: from the socket to the disk and back. Reading takes views out
 * of it ({@link BsonValue}), writing splices raw elements, and what is not changed keeps its bytes. Field order,
 * duplicate names and names like `"1"` or `__proto__` therefore survive, which they would not as JavaScript objects.
 *
 * Everything here trusts the bytes: documents from outside go through `validateDocument` first.
 */
export type RawDocument = Buffer;

/** A field of a document. */
export interface BsonElement extends BsonValue {
  readonly name: string;
  /** Type byte, name and value together, ready to be spliced into another document. */
  readonly raw: Buffer;
}

export const EMPTY_DOCUMENT: RawDocument = Buffer.from([5, 0, 0, 0, 0]);

/** All fields of a document or array, in order. */
export function readElements(document: RawDocument): BsonElement[] {
  const elements: BsonElement[] = [];
  let at = 4;
  for (let next = elementAt(document, at); next !== undefined; next = elementAt(document, at)) {
    elements.push(next);
    at += next.raw.length;
  }
  return elements;
}

/** As {@link readElements}, one by one. */
export function* eachElement(document: RawDocument): Iterable<BsonElement> {
  let at = 4;
  for (let next = elementAt(document, at); next !== undefined; next = elementAt(document, at)) {
    at += next.raw.length;
    yield next;
  }
}

function elementAt(document: RawDocument, at: number): BsonElement | undefined {
  const type = document[at];
  if (type === undefined || type === 0) return undefined;
  const nameEnd = endOfName(document, at + 1);
  const end = nameEnd + 1 + sizeOfValue(type, document, nameEnd + 1);
  return {
    name: document.toString("utf8", at + 1, nameEnd),
    type,
    bytes: document.subarray(nameEnd + 1, end),
    raw: document.subarray(at, end),
  };
}

/** The name of the first field, `undefined` of an empty document. */
export function firstName(document: RawDocument): string | undefined {
  if (isEmptyDocument(document)) return undefined;
  return document.toString("utf8", 5, endOfName(document, 5));
}

/** The values of an array (or of a document, without the names), in order. */
export function readValues(array: RawDocument): BsonValue[] {
  const values: BsonValue[] = [];
  let at = 4;
  for (let type = array[at]; type !== undefined && type !== 0; type = array[at]) {
    const start = endOfName(array, at + 1) + 1;
    const end = start + sizeOfValue(type, array, start);
    values.push({ type, bytes: array.subarray(start, end) });
    at = end;
  }
  return values;
}

/**
 * The first field of this name, or `undefined`.
 *
 * @param name - As text, or as its UTF-8 bytes where the same name is looked up in many documents.
 */
export function getField(document: RawDocument, name: string | Buffer): BsonValue | undefined {
  const key = typeof name === "string" ? Buffer.from(name) : name;
  let at = 4;
  for (let type = document[at]; type !== undefined && type !== 0; type = document[at]) {
    const nameEnd = endOfName(document, at + 1);
    const start = nameEnd + 1;
    const end = start + sizeOfValue(type, document, start);
    if (nameEnd - at - 1 === key.length && isAt(document, at + 1, key))
      return { type, bytes: document.subarray(start, end) };
    at = end;
  }
  return undefined;
}

/** Names are short: calls of `indexOf` and `compare` would take longer than looking at a few bytes. */
function endOfName(document: RawDocument, start: number): number {
  let end = start;
  while ((document[end] ?? 0) !== 0) end += 1;
  return end;
}

function isAt(document: RawDocument, start: number, name: Buffer): boolean {
  for (let at = 0; at < name.length; at += 1) if (document[start + at] !== name[at]) return false;
  return true;
}

export function isEmptyDocument(document: RawDocument): boolean {
  return document.length === 5;
}

/** A raw element: type byte, NUL-terminated name, value. */
export function encodeElement(name: string, value: BsonValue): Buffer {
  const nameLength = Buffer.byteLength(name);
  const raw = Buffer.allocUnsafe(1 + nameLength + 1 + value.bytes.length);
  raw[0] = value.type;
  raw.write(name, 1);
  raw[1 + nameLength] = 0;
  value.bytes.copy(raw, nameLength + 2);
  return raw;
}

/** A document of raw elements as `encodeElement` and `BsonElement.raw` give them. */
export function joinElements(raws: readonly Buffer[]): RawDocument {
  let length = 5;
  for (const raw of raws) length += raw.length;
  const document = Buffer.allocUnsafe(length);
  document.writeInt32LE(length);
  let at = 4;
  for (const raw of raws) at += raw.copy(document, at);
  document[at] = 0;
  return document;
}

/** A document of named values. */
export function buildDocument(fields: Iterable<readonly [string, BsonValue]>): RawDocument {
  const raws: Buffer[] = [];
  for (const [name, value] of fields) raws.push(encodeElement(name, value));
  return joinElements(raws);
}

/** An array value of these values. */
export function arrayValue(values: readonly BsonValue[]): BsonValue {
  let length = 5;
  for (const [index, { bytes }] of values.entries())
    length += 2 + String(index).length + bytes.length;
  const array = Buffer.allocUnsafe(length);
  array.writeInt32LE(length);
  let at = 4;
  for (const [index, { type, bytes }] of values.entries()) {
    array[at] = type;
    at += 1 + array.write(String(index), at + 1, "latin1");
    array[at] = 0;
    at += 1 + bytes.copy(array, at + 1);
  }
  array[at] = 0;
  return { type: BsonType.array, bytes: array };
}

/** Encodes a JavaScript object (the classes of `bson` keep their type): for replies and tests. */
export function encodeDocument(object: Record<string, unknown>): RawDocument {
  return Buffer.from(BSON.serialize(object, { ignoreUndefined: true }));
}

/**
 * Decodes a document into JavaScript values for code that reads a few known options out of it. Types are kept as the
 * classes of `bson` (`Long`, `Int32`, `Double`, `Binary`); never re-encode the result to store it.
 */
export function decodeDocument(document: RawDocument): Record<string, unknown> {
  return BSON.deserialize(document, { promoteValues: false, bsonRegExp: true });
}
