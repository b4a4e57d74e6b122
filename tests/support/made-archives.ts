import { crc32 } from "node:zlib";
import { readArchive, type MemberPage } from "../../common/archives/archive-reader.js";
import {
  archiveBytes,
  type ArchiveFormat,
  type Extent,
  NOTHING,
  withMember,
} from "../../common/archives/format.js";
import type { Member } from "../../common/archives/member.js";
import type { ByteWindow } from "../../common/storage/blob-reader.js";

/** A member with the bytes that it has. */
export interface MadeMember extends Member {
  readonly bytes: (window: ByteWindow) => Buffer;
}

export interface MadeArchive {
  readonly sizeBytes: number;
  readonly extent: Extent;
  readonly read: (window: ByteWindow) => AsyncGenerator<Buffer, void, undefined>;
  /** How many bytes of contents were read so far. */
  readonly readBytes: () => number;
}

export const AT = new Date("2026-02-03T04:05:06.789Z");

export const folder = (path: string, modifiedAt = AT): MadeMember => ({
  kind: "folder",
  path,
  sizeBytes: 0,
  crc32: 0,
  modifiedAt,
  bytes: () => Buffer.alloc(0),
});

export function file(path: string, content: Buffer, modifiedAt = AT): MadeMember {
  return {
    kind: "file",
    path,
    sizeBytes: content.length,
    crc32: crc32(content),
    modifiedAt,
    bytes: ({ first, last }) => content.subarray(first, last + 1),
  };
}

/** A file of zeros, of which no more is in memory than what is read at once. */
export function zeros(path: string, sizeBytes: number, crc: number): MadeMember {
  const bytes = ({ first, last }: ByteWindow) => Buffer.alloc(last - first + 1);
  return { kind: "file", path, sizeBytes, crc32: crc, modifiedAt: AT, bytes };
}

/** An archive of members that are in memory, in pages of a length. */
export function makeArchive(
  format: ArchiveFormat,
  members: readonly MadeMember[],
  pageLength = 1000,
): MadeArchive {
  const pages: MemberPage<MadeMember>[] = [];
  let extent = NOTHING;
  for (let at = 0; at === 0 || at < members.length; at += pageLength) {
    const inPage = members.slice(at, at + pageLength);
    pages.push({ n: pages.length, before: extent, members: inPage });
    for (const member of inPage) extent = withMember(format, extent, member);
  }
  const lastWhere = (fits: (before: Extent) => boolean) => {
    const page = pages.findLast(({ before }) => fits(before));
    return page === undefined ? Promise.reject(new Error("no page")) : Promise.resolve(page);
  };
  let readBytes = 0;
  const archive = {
    format,
    extent,
    pages: {
      atBody: (at: number) => lastWhere(({ bodyBytes }) => bodyBytes <= at),
      atDirectory: (at: number) => lastWhere(({ directoryBytes }) => directoryBytes <= at),
      find: (n: number) => Promise.resolve(pages[n]),
    },
    contentsOf: (page: MemberPage<MadeMember>) => (index: number, window: ByteWindow) => {
      readBytes += window.last - window.first + 1;
      return cut(page.members[index], window);
    },
  };
  return {
    sizeBytes: archiveBytes(format, extent),
    extent,
    read: (window) => readArchive(archive, window),
    readBytes: () => readBytes,
  };
}

const PIECE_BYTES = 1024 * 1024;

// A content is read as stored content is: asynchronously, and in pieces.
async function* cut(member: MadeMember | undefined, { first, last }: ByteWindow) {
  if (member === undefined) throw new Error("There is no such member");
  for (let at = first; at <= last; at += PIECE_BYTES) {
    yield await Promise.resolve(
      member.bytes({ first: at, last: Math.min(last, at + PIECE_BYTES - 1) }),
    );
  }
}

/** All bytes of a window. */
export async function bytesOf(archive: MadeArchive, window: ByteWindow): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of archive.read(window)) pieces.push(piece);
  return Buffer.concat(pieces);
}

export const wholeOf = (archive: MadeArchive) =>
  bytesOf(archive, { first: 0, last: archive.sizeBytes - 1 });
