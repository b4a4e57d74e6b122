import { createCipheriv, createHmac, pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";

/** A program that opens the archive asks for it, so nothing in it runs by a double click. Everybody may know it. */
export const QUARANTINE_PASSWORD = "infected";

const SALT_BYTES = 16;
const CHECK_BYTES = 2;
const KEY_BYTES = 32;
const CODE_BYTES = 10;
const BLOCK_BYTES = 16;
/** What the AES frame adds to the content. */
const FRAME_BYTES = SALT_BYTES + CHECK_BYTES + CODE_BYTES;
/** From these on, a field of 32 bits does not hold a number, and ZIP64 does (APPNOTE §4.4.1.4). */
const ZIP64_FROM = 0xffffffff;
const VERSION_AES = 51;
const METHOD_AES = 99;
/** Encrypted, and the name is UTF-8. */
const FLAGS = 0x0801;

/** What is put into the archive: one content. */
export interface ZippedContent {
  readonly name: string;
  readonly sizeBytes: number;
  readonly content: AsyncIterable<Buffer>;
}

export interface EncryptedZip {
  readonly sizeBytes: number;
  readonly bytes: AsyncGenerator<Buffer, void, undefined>;
}

/**
 * A ZIP file with one member, stored as it is and encrypted with AES-256 as WinZip specifies (AE-2), which 7-Zip and others open. Its length is known
 * before it is read.
 */
export function encryptedZip({ name, sizeBytes, content }: ZippedContent): EncryptedZip {
  const member = { name: Buffer.from(name), sizeBytes, packedBytes: sizeBytes + FRAME_BYTES };
  const head = localHeader(member);
  const tail = directory(member, head.length + member.packedBytes);
  async function* bytes() {
    yield head;
    yield* encrypted(content);
    yield tail;
  }
  return { sizeBytes: head.length + member.packedBytes + tail.length, bytes: bytes() };
}

async function* encrypted(content: AsyncIterable<Buffer>) {
  const salt = randomBytes(SALT_BYTES);
  const keyBytes = 2 * KEY_BYTES + CHECK_BYTES;
  // 1,000 rounds of SHA-1 are what the format says. The password is no secret anyway.
  const keys = await promisify(pbkdf2)(QUARANTINE_PASSWORD, salt, 1000, keyBytes, "sha1");
  yield Buffer.concat([salt, keys.subarray(2 * KEY_BYTES)]);
  const cipher = new LittleEndianCounter(keys.subarray(0, KEY_BYTES));
  const code = createHmac("sha1", keys.subarray(KEY_BYTES, 2 * KEY_BYTES));
  for await (const piece of content) {
    const hidden = cipher.update(piece);
    code.update(hidden);
    yield hidden;
  }
  yield code.digest().subarray(0, CODE_BYTES);
}

/** AES-256 in counter mode as WinZip has it: the counter begins at 1, and its lowest byte comes first. OpenSSL's comes last. */
class LittleEndianCounter {
  readonly #aes;
  #counter = 1n;
  #left: Buffer = Buffer.alloc(0);

  constructor(key: Buffer) {
    this.#aes = createCipheriv("aes-256-ecb", key, null).setAutoPadding(false);
  }

  update(piece: Buffer): Buffer {
    const stream = this.#stream(piece.length);
    const hidden = Buffer.allocUnsafe(piece.length);
    for (let at = 0; at < piece.length; at += 1) {
      hidden[at] = (piece[at] ?? 0) ^ (stream[at] ?? 0);
    }
    this.#left = stream.subarray(piece.length);
    return hidden;
  }

  #stream(bytes: number): Buffer {
    const missing = Math.max(0, bytes - this.#left.length);
    const blocks = Buffer.alloc(Math.ceil(missing / BLOCK_BYTES) * BLOCK_BYTES);
    for (let at = 0; at < blocks.length; at += BLOCK_BYTES) {
      blocks.writeBigUInt64LE(this.#counter, at);
      this.#counter += 1n;
    }
    return Buffer.concat([this.#left, this.#aes.update(blocks)]);
  }
}

interface MemberFields {
  readonly name: Buffer;
  readonly sizeBytes: number;
  readonly packedBytes: number;
}

const narrow = (bytes: number) => Math.min(bytes, ZIP64_FROM);

function localHeader({ name, sizeBytes, packedBytes }: MemberFields): Buffer {
  // A local header has either both sizes in its ZIP64 field or none.
  const isLarge = packedBytes >= ZIP64_FROM;
  const extra = Buffer.concat([zip64Field(isLarge ? [sizeBytes, packedBytes] : []), AES_FIELD]);
  const fields = Buffer.alloc(30);
  fields.writeUInt32LE(0x04034b50, 0);
  fields.writeUInt16LE(VERSION_AES, 4);
  writeCommon(fields.subarray(6), extra.length, { name, sizeBytes, packedBytes });
  return Buffer.concat([fields, name, extra]);
}

/** With AE-2 the CRC-32 is 0: it would tell of the content. */
function writeCommon(fields: Buffer, extraBytes: number, member: MemberFields): void {
  const isLarge = member.packedBytes >= ZIP64_FROM;
  fields.writeUInt16LE(FLAGS, 0);
  fields.writeUInt16LE(METHOD_AES, 2);
  // The first day of MS-DOS: when the content was made is no business of who inspects it.
  fields.writeUInt16LE(0x21, 6);
  fields.writeUInt32LE(isLarge ? ZIP64_FROM : member.packedBytes, 12);
  fields.writeUInt32LE(isLarge ? ZIP64_FROM : member.sizeBytes, 16);
  fields.writeUInt16LE(member.name.length, 20);
  fields.writeUInt16LE(extraBytes, 22);
}

function directory(member: MemberFields, at: number): Buffer {
  const { name, sizeBytes, packedBytes } = member;
  const isLarge = packedBytes >= ZIP64_FROM;
  const extra = Buffer.concat([zip64Field(isLarge ? [sizeBytes, packedBytes] : []), AES_FIELD]);
  const fields = Buffer.alloc(46);
  fields.writeUInt32LE(0x02014b50, 0);
  fields.writeUInt16LE(VERSION_AES, 4);
  fields.writeUInt16LE(VERSION_AES, 6);
  writeCommon(fields.subarray(8), extra.length, member);
  const record = Buffer.concat([fields, name, extra]);
  return Buffer.concat([record, end(record.length, at)]);
}

function end(directoryBytes: number, at: number): Buffer {
  const fields = Buffer.alloc(22);
  fields.writeUInt32LE(0x06054b50, 0);
  fields.writeUInt16LE(1, 8);
  fields.writeUInt16LE(1, 10);
  fields.writeUInt32LE(directoryBytes, 12);
  fields.writeUInt32LE(narrow(at), 16);
  return at >= ZIP64_FROM ? Buffer.concat([zip64End(directoryBytes, at), fields]) : fields;
}

function zip64End(directoryBytes: number, at: number): Buffer {
  const fields = Buffer.alloc(76);
  fields.writeUInt32LE(0x06064b50, 0);
  fields.writeBigUInt64LE(44n, 4);
  fields.writeUInt16LE(VERSION_AES, 12);
  fields.writeUInt16LE(VERSION_AES, 14);
  fields.writeBigUInt64LE(1n, 24);
  fields.writeBigUInt64LE(1n, 32);
  fields.writeBigUInt64LE(BigInt(directoryBytes), 40);
  fields.writeBigUInt64LE(BigInt(at), 48);
  fields.writeUInt32LE(0x07064b50, 56);
  fields.writeBigUInt64LE(BigInt(at + directoryBytes), 64);
  fields.writeUInt32LE(1, 72);
  return fields;
}

function zip64Field(numbers: readonly number[]): Buffer {
  if (numbers.length === 0) return Buffer.alloc(0);
  const field = Buffer.alloc(4 + 8 * numbers.length);
  field.writeUInt16LE(1, 0);
  field.writeUInt16LE(8 * numbers.length, 2);
  numbers.forEach((number, n) => field.writeBigUInt64LE(BigInt(number), 4 + 8 * n));
  return field;
}

/** AE-2, AES-256, and that the content is stored as it is. */
const AES_FIELD = Buffer.from([0x01, 0x99, 7, 0, 2, 0, 0x41, 0x45, 3, 0, 0]);
