import type { ArchiveFormat } from "./format.js";
import { type Member, pathBytes } from "./member.js";

const BLOCK_BYTES = 512;
const MAX_PATH_BYTES = 100;
/** What eleven octal digits hold. */
const MAX_NUMBER = 8 ** 11 - 1;

const FILE = "0";
const FOLDER = "5";
/** A pax header, for the member behind it. */
const PAX = "x";

/**
 * tar in the pax format (POSIX.1-2001): a ustar header, with a pax header before it for what ustar cannot hold: paths that are long or not
 * ASCII, contents of 8 GiB and more, and times with milliseconds, before 1970 or after 2242. There is no directory.
 */
export const tarFormat: ArchiveFormat = {
  head,
  paddingBytes: ({ sizeBytes }) => paddingOf(sizeBytes),
  directoryRecord: () => Buffer.alloc(0),
  end: () => Buffer.alloc(2 * BLOCK_BYTES),
};

const paddingOf = (sizeBytes: number) => (BLOCK_BYTES - (sizeBytes % BLOCK_BYTES)) % BLOCK_BYTES;

function head(member: Member): Buffer {
  const path = pathBytes(member);
  const { sizeBytes, modifiedAt } = member;
  const seconds = modifiedAt.getTime() / 1000;
  const isFolder = member.kind === "folder";
  const header = ustarHeader({
    path,
    mode: isFolder ? 0o755 : 0o644,
    sizeBytes: sizeBytes > MAX_NUMBER ? 0 : sizeBytes,
    seconds: isUstarTime(seconds) ? seconds : 0,
    type: isFolder ? FOLDER : FILE,
  });
  const records: Buffer[] = [];
  if (!isPlain(path)) records.push(paxRecord("path", path));
  if (sizeBytes > MAX_NUMBER) records.push(paxRecord("size", String(sizeBytes)));
  if (!isUstarTime(seconds)) records.push(paxRecord("mtime", String(seconds)));
  return records.length === 0 ? header : Buffer.concat([paxHeader(Buffer.concat(records)), header]);
}

const isUstarTime = (seconds: number) =>
  Number.isInteger(seconds) && seconds >= 0 && seconds <= MAX_NUMBER;

const isPlain = (path: Buffer) =>
  path.length <= MAX_PATH_BYTES && path.every((byte) => byte < 0x80);

function paxHeader(records: Buffer): Buffer {
  const path = Buffer.from("././@PaxHeader");
  const header = ustarHeader({
    path,
    mode: 0o644,
    sizeBytes: records.length,
    seconds: 0,
    type: PAX,
  });
  return Buffer.concat([header, records, Buffer.alloc(paddingOf(records.length))]);
}

/** `length key=value\n`, where the length counts its own digits. */
function paxRecord(key: string, value: string | Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value), Buffer.from("\n")]);
  let length = rest.length;
  while (length !== rest.length + String(length).length) {
    length = rest.length + String(length).length;
  }
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

interface UstarHeader {
  /** Cut to 100 bytes. */
  readonly path: Buffer;
  readonly mode: number;
  readonly sizeBytes: number;
  /** Since 1970. */
  readonly seconds: number;
  readonly type: string;
}

function ustarHeader({ path, mode, sizeBytes, seconds, type }: UstarHeader): Buffer {
  const header = Buffer.alloc(BLOCK_BYTES);
  path.copy(header, 0, 0, MAX_PATH_BYTES);
  const octal = (at: number, digits: number, number: number) =>
    header.write(number.toString(8).padStart(digits, "0"), at, "latin1");
  octal(100, 7, mode);
  octal(108, 7, 0);
  octal(116, 7, 0);
  octal(124, 11, sizeBytes);
  octal(136, 11, seconds);
  header.write(type, 156, "latin1");
  header.write("ustar\0" + "00", 257, "latin1");
  // The checksum is taken as if its own field were spaces.
  header.fill(" ", 148, 156, "latin1");
  octal(
    148,
    6,
    header.reduce((sum, byte) => sum + byte, 0),
  );
  header.writeUInt8(0, 154);
  return header;
}
