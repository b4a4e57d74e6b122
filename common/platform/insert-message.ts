import type { Document } from "mongodb";

/** Binary data from this length on go to the socket as they are. */
const LARGE_BYTES = 16 * 1024;

const END_OF_DOCUMENT = Buffer.from([0]);
/** BSON's type for binary data, and the subtype that a Buffer has. */
const BINARY = 5;
const GENERIC = Buffer.from([0]);
/** OP_MSG's kind of a section that holds one field of the command, which is a list of documents. */
const DOCUMENT_SEQUENCE = Buffer.from([1]);
const SEQUENCE_NAME = Buffer.from("documents\0");

/** A message of the driver, as far as it is known here. */
export interface DriverMessage {
  /** Of an OP_MSG. */
  readonly command?: Document;
  toBin(): Uint8Array[] | Promise<Uint8Array[]>;
  serializeBson(document: Document): Uint8Array;
}

/**
 * The pieces of a message. The driver would copy inserted content twice on its way into one piece; here it is a piece of its own, which
 * nobody may change before the command is answered.
 */
export async function piecesOf(message: DriverMessage): Promise<readonly Uint8Array[]> {
  const documents: unknown = message.command?.["documents"];
  if (!Array.isArray(documents) || !(documents as Document[]).some(hasLargeField)) {
    return message.toBin();
  }
  const { documents: inserted, ...command } = message.command as { documents: Document[] };
  const bare = Object.assign(Object.create(message) as DriverMessage, { command });
  const [header = Buffer.alloc(0), ...rest] = await bare.toBin();
  const content = inserted.flatMap((document) => documentPieces(document, message));
  const sequence = [int32(4 + lengthOf([SEQUENCE_NAME, ...content])), SEQUENCE_NAME, ...content];
  const pieces = [header, ...rest, DOCUMENT_SEQUENCE, ...sequence];
  // The message begins with its own length.
  Buffer.from(header.buffer, header.byteOffset).writeInt32LE(lengthOf(pieces));
  return pieces;
}

const isLarge = (value: unknown): value is Buffer =>
  Buffer.isBuffer(value) && value.length >= LARGE_BYTES;

const hasLargeField = (document: Document) => Object.values(document).some(isLarge);

function documentPieces(document: Document, message: DriverMessage): Uint8Array[] {
  const elements: Uint8Array[] = [];
  let small: Document = {};
  const endSmall = () => {
    elements.push(message.serializeBson(small).subarray(4, -1));
    small = {};
  };
  for (const [name, value] of Object.entries(document) as [string, unknown][]) {
    if (isLarge(value)) {
      endSmall();
      const head = Buffer.from(`${String.fromCharCode(BINARY)}${name}\0`);
      elements.push(head, int32(value.length), GENERIC, value);
    } else small[name] = value;
  }
  endSmall();
  return [int32(4 + lengthOf(elements) + 1), ...elements, END_OF_DOCUMENT];
}

/** Of all pieces together, in bytes. */
export const lengthOf = (pieces: readonly Uint8Array[]) =>
  pieces.reduce((sum, { length }) => sum + length, 0);

function int32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeInt32LE(value);
  return bytes;
}
