import { constants, createInflateRaw, inflateRawSync } from "node:zlib";
import type { BoundedSource } from "./source.js";

/** The end record of an archive lies in its last 64 KiB: a comment comes behind it. */
const TAIL_BYTES = 64 * 1024 + 128;
/** So much of a central directory is read: some 15,000 members. */
const MAX_DIRECTORY_BYTES = 1024 ** 2;
/** So much of a member is read, and so much of it is unpacked. */
const MAX_PACKED_BYTES = 256 * 1024;
const MAX_UNPACKED_BYTES = 1024 ** 2;

const END = Buffer.from("PK\u0005\u0006");
const END64 = Buffer.from("PK\u0006\u0006");
const DIRECTORY_ENTRY = 0x02014b50;
const MEMBER = 0x04034b50;
/** A length or position that the record of ZIP64 has. */
const IN_ZIP64 = 0xffffffff;

/** A member of an archive, as the central directory has it. */
export interface ZipMember {
  readonly name: string;
  readonly isEncrypted: boolean;
  readonly method: number;
  readonly packedBytes: number;
  /** Where it begins. */
  readonly at: number;
}

/** An archive in the format ZIP. */
export interface Zip {
  /** Its members, or the first of many. */
  readonly members: readonly ZipMember[];
  /** The beginning of a member. Empty if the archive has no such member, or it cannot be read. */
  text(name: string): Promise<string>;
  /** The beginning of a member, also where it is longer than {@link Zip.text} reads, or damaged behind that. */
  beginning(member: ZipMember, limits: MemberLimits): Promise<Buffer>;
}

/** How much of a member is read, and how much of it is unpacked. */
interface MemberLimits {
  readonly packedBytes: number;
  readonly unpackedBytes: number;
}

/** Reads the central directory at the end of a content. @returns `undefined` where it has none. */
export async function readZip(source: BoundedSource): Promise<Zip | undefined> {
  const directory = await findDirectory(source);
  if (directory === undefined) return undefined;
  const { first, sizeBytes, shift } = directory;
  const bytes = await source.read(first, Math.min(sizeBytes, MAX_DIRECTORY_BYTES));
  const members = membersOf(bytes, shift);
  const text = async (name: string) => {
    const member = members.find((each) => each.name === name && !each.isEncrypted);
    return member === undefined ? "" : (await unpack(source, member)).toString("utf8");
  };
  const beginning: Zip["beginning"] = async (member, { packedBytes, unpackedBytes }) => {
    if (member.isEncrypted) return Buffer.alloc(0);
    const packed = await readPacked(source, member, packedBytes);
    if (member.method === 8) return inflatedBeginning(packed, unpackedBytes);
    return member.method === 0 ? packed.subarray(0, unpackedBytes) : Buffer.alloc(0);
  };
  return { members, text, beginning };
}

interface Directory {
  readonly first: number;
  readonly sizeBytes: number;
  /** How much lies before the archive: what starts it, where it starts itself. */
  readonly shift: number;
}

async function findDirectory(source: BoundedSource): Promise<Directory | undefined> {
  const tail = await source.readLast(TAIL_BYTES);
  const at = tail.lastIndexOf(END);
  if (at === -1 || tail.length < at + 22) return undefined;
  const tailFirst = source.sizeBytes - tail.length;
  const sizeBytes = tail.readUInt32LE(at + 12);
  const position = tail.readUInt32LE(at + 16);
  if (sizeBytes !== IN_ZIP64 && position !== IN_ZIP64) {
    return directoryBefore(tailFirst + at, sizeBytes, position);
  }
  const at64 = tail.lastIndexOf(END64, at);
  if (at64 === -1 || at < at64 + 56) return undefined;
  const [size64, position64] = [tail.readBigUInt64LE(at64 + 40), tail.readBigUInt64LE(at64 + 48)];
  return directoryBefore(tailFirst + at64, Number(size64), Number(position64));
}

/** The directory ends where the record about it begins. */
function directoryBefore(end: number, sizeBytes: number, position: number): Directory | undefined {
  const first = end - sizeBytes;
  return first < 0 ? undefined : { first, sizeBytes, shift: first - position };
}

function membersOf(bytes: Buffer, shift: number): ZipMember[] {
  const members: ZipMember[] = [];
  let at = 0;
  while (at + 46 <= bytes.length && bytes.readUInt32LE(at) === DIRECTORY_ENTRY) {
    const nameBytes = bytes.readUInt16LE(at + 28);
    members.push({
      name: bytes.toString("utf8", at + 46, at + 46 + nameBytes),
      isEncrypted: (bytes.readUInt16LE(at + 8) & 1) === 1,
      method: bytes.readUInt16LE(at + 10),
      packedBytes: bytes.readUInt32LE(at + 20),
      at: bytes.readUInt32LE(at + 42) + shift,
    });
    at += 46 + nameBytes + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return members;
}

async function unpack(source: BoundedSource, member: ZipMember): Promise<Buffer> {
  const packed = await readPacked(source, member, MAX_PACKED_BYTES);
  if (member.method === 0) return packed;
  return member.method === 8 ? inflated(packed) : Buffer.alloc(0);
}

async function readPacked(source: BoundedSource, member: ZipMember, most: number): Promise<Buffer> {
  const header = await source.read(member.at, 30);
  if (header.length < 30 || header.readUInt32LE(0) !== MEMBER) return Buffer.alloc(0);
  const first = member.at + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  return source.read(first, Math.min(member.packedBytes, most));
}

/** What is cut is unpacked as far as it goes; what is larger than allowed, or no such data, is not. */
function inflated(packed: Buffer): Buffer {
  try {
    const limits = { maxOutputLength: MAX_UNPACKED_BYTES, finishFlush: constants.Z_SYNC_FLUSH };
    return inflateRawSync(packed, limits);
  } catch {
    return Buffer.alloc(0);
  }
}

/** What comes before a fault, or before the limit. No more than the limit and one piece is unpacked. */
async function inflatedBeginning(packed: Buffer, most: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  const inflate = createInflateRaw({ finishFlush: constants.Z_SYNC_FLUSH });
  inflate.end(packed);
  try {
    for await (const piece of inflate as AsyncIterable<Buffer>) {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes >= most) break;
    }
  } catch {
    // What was unpacked until then is text all the same.
  }
  return Buffer.concat(pieces).subarray(0, most);
}
