import type { ArchiveFormat, Extent } from "./format.js";
import { type Member, pathBytes } from "./member.js";

/** From these on, a field of 16 or 32 bits does not hold a number, and ZIP64 does (APPNOTE §4.4.1.4). */
const ZIP64_FROM_COUNT = 0xffff;
const ZIP64_FROM_BYTES = 0xffffffff;

const VERSION = 20;
const VERSION_ZIP64 = 45;
/** Made by version 4.5 on Unix: the upper half of the external attributes is a mode. */
const MADE_BY = (3 << 8) | VERSION_ZIP64;
/** Names are UTF-8 (APPNOTE appendix D). */
const FLAGS = 0x0800;

const UNIX_FILE = 0o100644;
const UNIX_FOLDER = 0o40755;
const DOS_FOLDER = 0x10;

/**
 * ZIP with ZIP64 where it is needed (APPNOTE 6.3.10): contents are stored as they are, with their CRC-32 in front, so that there is no data
 * descriptor. Times are UTC, to the second (extra field 0x5455), and in the two-second steps of MS-DOS.
 */
export const zipFormat: ArchiveFormat = {
  head: localHeader,
  paddingBytes: () => 0,
  directoryRecord: centralHeader,
  end,
};

function localHeader(member: Member): Buffer {
  const path = pathBytes(member);
  const isZip64 = member.sizeBytes >= ZIP64_FROM_BYTES;
  // A local header has either both sizes in its ZIP64 field or none.
  const sizes = isZip64 ? [member.sizeBytes, member.sizeBytes] : [];
  const extra = Buffer.concat([zip64Field(sizes), timeField(member.modifiedAt)]);
  const fields = Buffer.alloc(30);
  fields.writeUInt32LE(0x04034b50, 0);
  fields.writeUInt16LE(isZip64 ? VERSION_ZIP64 : VERSION, 4);
  writeCommon(member, fields.subarray(6));
  fields.writeUInt16LE(path.length, 26);
  fields.writeUInt16LE(extra.length, 28);
  return Buffer.concat([fields, path, extra]);
}

function centralHeader(member: Member, headAt: number): Buffer {
  const path = pathBytes(member);
  const isFolder = member.kind === "folder";
  // Here it has the numbers that do not fit, in this order.
  const large = [member.sizeBytes, member.sizeBytes, headAt].filter(isLarge);
  const extra = Buffer.concat([zip64Field(large), timeField(member.modifiedAt)]);
  const fields = Buffer.alloc(46);
  fields.writeUInt32LE(0x02014b50, 0);
  fields.writeUInt16LE(MADE_BY, 4);
  fields.writeUInt16LE(large.length > 0 ? VERSION_ZIP64 : VERSION, 6);
  writeCommon(member, fields.subarray(8));
  fields.writeUInt16LE(path.length, 28);
  fields.writeUInt16LE(extra.length, 30);
  const attributes = isFolder ? UNIX_FOLDER * 0x10000 + DOS_FOLDER : UNIX_FILE * 0x10000;
  fields.writeUInt32LE(attributes, 38);
  fields.writeUInt32LE(narrow(headAt), 42);
  return Buffer.concat([fields, path, extra]);
}

/** The 20 bytes that both headers have: flags, method (stored), time, date, CRC-32 and both sizes. */
function writeCommon({ modifiedAt, crc32, sizeBytes }: Member, fields: Buffer): void {
  const { time, date } = dosTime(modifiedAt);
  fields.writeUInt16LE(FLAGS, 0);
  fields.writeUInt16LE(time, 4);
  fields.writeUInt16LE(date, 6);
  fields.writeUInt32LE(crc32, 8);
  fields.writeUInt32LE(narrow(sizeBytes), 12);
  fields.writeUInt32LE(narrow(sizeBytes), 16);
}

const isLarge = (bytes: number) => bytes >= ZIP64_FROM_BYTES;
const narrow = (bytes: number) => Math.min(bytes, ZIP64_FROM_BYTES);

function zip64Field(numbers: readonly number[]): Buffer {
  if (numbers.length === 0) return Buffer.alloc(0);
  const field = Buffer.alloc(4 + 8 * numbers.length);
  field.writeUInt16LE(0x0001, 0);
  field.writeUInt16LE(8 * numbers.length, 2);
  numbers.forEach((number, index) => field.writeBigUInt64LE(BigInt(number), 4 + 8 * index));
  return field;
}

/**
 * The extended timestamp of Info-ZIP, with the modification time alone. It holds 32 bits with a sign: what is outside of 1901 to 2038 has
 * only its MS-DOS time.
 */
function timeField(modifiedAt: Date): Buffer {
  const seconds = Math.floor(modifiedAt.getTime() / 1000);
  if (seconds < -0x80000000 || seconds > 0x7fffffff) return Buffer.alloc(0);
  const field = Buffer.alloc(9);
  field.writeUInt16LE(0x5455, 0);
  field.writeUInt16LE(5, 2);
  field.writeUInt8(1, 4);
  field.writeInt32LE(seconds, 5);
  return field;
}

/** MS-DOS knows 1980 to 2107: what is outside has the first or the last moment of that time. */
function dosTime(at: Date): { time: number; date: number } {
  const year = at.getUTCFullYear();
  if (year < 1980) return { time: 0, date: (1 << 5) | 1 };
  if (year > 2107) return { time: (23 << 11) | (59 << 5) | 29, date: (127 << 9) | (12 << 5) | 31 };
  return {
    time: (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1),
    date: ((year - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate(),
  };
}

/** The end of the central directory, behind that of ZIP64 and its locator where a number needs them. */
function end({ members, bodyBytes, directoryBytes }: Extent): Buffer {
  const isZip64 = members >= ZIP64_FROM_COUNT || isLarge(bodyBytes) || isLarge(directoryBytes);
  const fields = Buffer.alloc(22);
  const count = Math.min(members, ZIP64_FROM_COUNT);
  fields.writeUInt32LE(0x06054b50, 0);
  fields.writeUInt16LE(count, 8);
  fields.writeUInt16LE(count, 10);
  fields.writeUInt32LE(narrow(directoryBytes), 12);
  fields.writeUInt32LE(narrow(bodyBytes), 16);
  return isZip64
    ? Buffer.concat([zip64End({ members, bodyBytes, directoryBytes }), fields])
    : fields;
}

function zip64End({ members, bodyBytes, directoryBytes }: Extent): Buffer {
  const fields = Buffer.alloc(76);
  fields.writeUInt32LE(0x06064b50, 0);
  // Without this field and the signature.
  fields.writeBigUInt64LE(44n, 4);
  fields.writeUInt16LE(MADE_BY, 12);
  fields.writeUInt16LE(VERSION_ZIP64, 14);
  fields.writeBigUInt64LE(BigInt(members), 24);
  fields.writeBigUInt64LE(BigInt(members), 32);
  fields.writeBigUInt64LE(BigInt(directoryBytes), 40);
  fields.writeBigUInt64LE(BigInt(bodyBytes), 48);
  // The locator: where this record begins.
  fields.writeUInt32LE(0x07064b50, 56);
  fields.writeBigUInt64LE(BigInt(bodyBytes + directoryBytes), 64);
  fields.writeUInt32LE(1, 72);
  return fields;
}
