import { EMPTY_DOCUMENT } from "../bson/document.js";
import { CommandError } from "../errors.js";
import { checkDocument } from "./document-check.js";
import { HEADER_BYTES } from "./frame-reader.js";
import { MalformedMessageError } from "./malformed-message-error.js";

const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;

const CHECKSUM_PRESENT = 1;
const MORE_TO_COME = 2;
/** The lower sixteen flag bits are "required": a receiver that does not know one must refuse the message. */
const REQUIRED_FLAGS = 0xffff;

/** A command as it arrived: raw BSON, proved to be well-formed. */
export interface CommandMessage {
  readonly requestId: number;
  /** The database of an OP_QUERY (`admin.$cmd`); an OP_MSG names it in `$db`. */
  readonly database?: string;
  /**
   * A copy, as cursors and indexes keep parts of it for longer than the message lasts; but for an insert, which may be large and of
   * which nothing is kept: valid until the message is released.
   */
  readonly body: Buffer;
  /**
   * Documents sent beside the body (kind 1 sections), by the name of the field that they stand for; valid until the
   * message is released.
   */
  readonly sequences: ReadonlyMap<string, readonly Buffer[]>;
  readonly isLegacy: boolean;
  /** `false` when the client said `moreToCome`: it waits for no reply. */
  readonly wantsReply: boolean;
  /** The message is well-formed but asks for too much: the error to answer with. */
  readonly refusal?: CommandError;
}

/**
 * Reads one message: OP_MSG (2013), or the OP_QUERY (2004) that drivers still open a connection with.
 * @throws MalformedMessageError when it is anything else or contradicts itself.
 */
export function readMessage(frame: Buffer): CommandMessage {
  const opcode = frame.readInt32LE(12);
  if (opcode === OP_MSG) return readOrRefuse(frame);
  if (opcode === OP_QUERY) return readOpQuery(frame);
  throw new MalformedMessageError(`Messages with opcode ${opcode} are not supported`);
}

function readOrRefuse(frame: Buffer): CommandMessage {
  try {
    return readOpMsg(frame);
  } catch (refusal) {
    if (!(refusal instanceof CommandError)) throw refusal;
    const requestId = frame.readInt32LE(4);
    const nothing = { body: EMPTY_DOCUMENT, sequences: new Map<string, Buffer[]>() };
    return { requestId, ...nothing, isLegacy: false, wantsReply: true, refusal };
  }
}

function readOpMsg(frame: Buffer): CommandMessage {
  if (frame.length < HEADER_BYTES + 5) throw new MalformedMessageError("The message is cut off");
  const flags = frame.readUInt32LE(HEADER_BYTES);
  if ((flags & CHECKSUM_PRESENT) !== 0)
    throw new MalformedMessageError("Messages with a checksum are not supported");
  if ((flags & REQUIRED_FLAGS & ~MORE_TO_COME) !== 0)
    throw new MalformedMessageError(`Message flags ${flags} are not supported`);
  let body: Buffer | undefined;
  const sequences = new Map<string, Buffer[]>();
  let position = HEADER_BYTES + 4;
  while (position < frame.length) {
    const kind = frame[position];
    const start = position + 1;
    if (kind === 0 && body === undefined) {
      position = checkDocument(frame, start, frame.length);
      body = frame.subarray(start, position);
      if (!isInsert(body)) body = Buffer.from(body);
    } else if (kind === 1) position = readSequence(frame, start, sequences);
    else throw new MalformedMessageError(`Section kind ${kind ?? "none"} is not possible here`);
  }
  if (body === undefined) throw new MalformedMessageError("The message has no body");
  const wantsReply = (flags & MORE_TO_COME) === 0;
  return { requestId: frame.readInt32LE(4), body, sequences, isLegacy: false, wantsReply };
}

function readSequence(frame: Buffer, start: number, sequences: Map<string, Buffer[]>): number {
  if (start + 4 > frame.length) throw new MalformedMessageError("A section is cut off");
  const end = start + frame.readInt32LE(start);
  if (end < start + 6 || end > frame.length)
    throw new MalformedMessageError("A section has an impossible length");
  const nameEnd = frame.indexOf(0, start + 4);
  if (nameEnd < 0 || nameEnd >= end) throw new MalformedMessageError("A section has no name");
  const name = frame.toString("utf8", start + 4, nameEnd);
  if (sequences.has(name)) throw new MalformedMessageError(`Section "${name}" comes twice`);
  const documents: Buffer[] = [];
  let position = nameEnd + 1;
  while (position < end) {
    const next = checkDocument(frame, position, end);
    documents.push(frame.subarray(position, next));
    position = next;
  }
  sequences.set(name, documents);
  return end;
}

/** A document begins with its length and the type of its first field. */
const isInsert = (body: Buffer) => body.toString("latin1", 5, 12) === "insert\0";

function readOpQuery(frame: Buffer): CommandMessage {
  const nameStart = HEADER_BYTES + 4;
  const nameEnd = frame.indexOf(0, nameStart);
  const start = nameEnd + 9;
  if (nameEnd < 0 || start > frame.length) throw new MalformedMessageError("The query is cut off");
  const namespace = frame.toString("utf8", nameStart, nameEnd);
  if (!namespace.endsWith(".$cmd")) throw new MalformedMessageError("Only commands can be queried");
  const body = Buffer.from(frame.subarray(start, checkDocument(frame, start, frame.length)));
  return {
    requestId: frame.readInt32LE(4),
    database: namespace.slice(0, -".$cmd".length),
    body,
    sequences: new Map(),
    isLegacy: true,
    wantsReply: true,
  };
}

/** What goes before the one document of a reply to `message`: an OP_MSG head, or that of an OP_REPLY. */
export function replyHead(message: CommandMessage, bodyBytes: number): Buffer {
  const headBytes = message.isLegacy ? HEADER_BYTES + 20 : HEADER_BYTES + 5;
  const head = Buffer.alloc(headBytes);
  head.writeInt32LE(headBytes + bodyBytes, 0);
  head.writeInt32LE(message.requestId, 8);
  head.writeInt32LE(message.isLegacy ? OP_REPLY : OP_MSG, 12);
  // OP_REPLY: flags 8 (AwaitCapable, always set), cursor id 0, starting from 0, one document.
  if (message.isLegacy) {
    head.writeInt32LE(8, HEADER_BYTES);
    head.writeInt32LE(1, HEADER_BYTES + 16);
  }
  return head;
}
