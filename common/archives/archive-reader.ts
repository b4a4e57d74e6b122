import type { ByteWindow } from "../storage/blob-reader.js";
import { type ArchiveFormat, bodyBytesOf, type Extent } from "./format.js";
import type { Member } from "./member.js";

/** Smaller pieces are joined to this size: a piece costs as much as many bytes. */
const JOINED_BYTES = 64 * 1024;

/** Some members that follow each other in an archive. */
export interface MemberPage<M extends Member = Member> {
  /** The place of the page among all, from 0. */
  readonly n: number;
  /** Of all members before it. */
  readonly before: Extent;
  readonly members: readonly M[];
}

/** The members of an archive, in pages. Together the pages have all members, in their order. */
export interface MemberPages<M extends Member> {
  /** The last page whose members' bodies begin at or before a byte of the archive. */
  atBody(bodyBytes: number): Promise<MemberPage<M>>;
  /** The last page whose members' records begin at or before a byte of the directory. */
  atDirectory(directoryBytes: number): Promise<MemberPage<M>>;
  /** `undefined` after the last page. */
  find(n: number): Promise<MemberPage<M> | undefined>;
}

/** The content of the members of one page, by their index. @throws When it is not there, or not as it was stored. */
export type PageContents = (
  index: number,
  window: ByteWindow,
) => AsyncGenerator<Buffer, void, undefined>;

export interface ReadableArchive<M extends Member> {
  readonly format: ArchiveFormat;
  /** Of all members. */
  readonly extent: Extent;
  readonly pages: MemberPages<M>;
  readonly contentsOf: (page: MemberPage<M>) => PageContents;
}

/** From a byte to another one, which is not part of it. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * The bytes of a window of an archive. What lies before the window is not read, and at most a page of members is in memory.
 *
 * @throws What the pages and contents throw: then the window is not complete.
 */
export async function* readArchive<M extends Member>(
  archive: ReadableArchive<M>,
  { first, last }: ByteWindow,
): AsyncGenerator<Buffer, void, undefined> {
  yield* joined(piecesOf(archive, { from: first, to: last + 1 }));
}

async function* piecesOf<M extends Member>(archive: ReadableArchive<M>, range: Range) {
  const { bodyBytes, directoryBytes } = archive.extent;
  const endAt = bodyBytes + directoryBytes;
  yield* bodies(archive, clip(range, { from: 0, to: bodyBytes }));
  yield* directory(archive, clip(range, { from: bodyBytes, to: endAt }));
  if (range.to > endAt) yield overlap(archive.format.end(archive.extent), endAt, range);
}

async function* bodies<M extends Member>(archive: ReadableArchive<M>, range: Range) {
  if (range.from >= range.to) return;
  let page: MemberPage<M> | undefined = await archive.pages.atBody(range.from);
  while (page !== undefined && page.before.bodyBytes < range.to) {
    yield* pageBodies(archive, page, range);
    page = await archive.pages.find(page.n + 1);
  }
}

async function* pageBodies<M extends Member>(
  { format, contentsOf }: ReadableArchive<M>,
  page: MemberPage<M>,
  range: Range,
) {
  const contents = contentsOf(page);
  let at = page.before.bodyBytes;
  for (const [index, member] of page.members.entries()) {
    const head = format.head(member);
    const contentAt = at + head.length;
    const paddingAt = contentAt + member.sizeBytes;
    const padding = format.paddingBytes(member);
    if (paddingAt + padding > range.from) {
      yield overlap(head, at, range);
      const content = clip(range, { from: contentAt, to: paddingAt });
      if (content.from < content.to) {
        yield* contents(index, {
          first: content.from - contentAt,
          last: content.to - contentAt - 1,
        });
      }
      yield overlap(Buffer.alloc(padding), paddingAt, range);
    }
    at = paddingAt + padding;
    if (at >= range.to) return;
  }
}

async function* directory<M extends Member>(archive: ReadableArchive<M>, range: Range) {
  if (range.from >= range.to) return;
  const { format, extent, pages } = archive;
  let page: MemberPage<M> | undefined = await pages.atDirectory(range.from - extent.bodyBytes);
  while (page !== undefined && extent.bodyBytes + page.before.directoryBytes < range.to) {
    let at = extent.bodyBytes + page.before.directoryBytes;
    let headAt = page.before.bodyBytes;
    for (const member of page.members) {
      const record = format.directoryRecord(member, headAt);
      yield overlap(record, at, range);
      at += record.length;
      headAt += bodyBytesOf(format, member);
    }
    page = await pages.find(page.n + 1);
  }
}

const clip = (range: Range, bounds: Range): Range => ({
  from: Math.max(range.from, bounds.from),
  to: Math.min(range.to, bounds.to),
});

/** The part of `bytes` that lies in a range. The first byte is at `at`. Empty where nothing lies in it. */
function overlap(bytes: Buffer, at: number, { from, to }: Range): Buffer {
  const start = Math.min(bytes.length, Math.max(0, from - at));
  return bytes.subarray(start, Math.max(start, Math.min(bytes.length, to - at)));
}

/** Joins small pieces, and leaves out empty ones. */
async function* joined(pieces: AsyncGenerator<Buffer, void, undefined>) {
  let small: Buffer[] = [];
  let smallBytes = 0;
  for await (const piece of pieces) {
    const isSmall = piece.length < JOINED_BYTES;
    if (isSmall && piece.length > 0) {
      small.push(piece);
      smallBytes += piece.length;
    }
    if (smallBytes >= JOINED_BYTES || (!isSmall && smallBytes > 0)) {
      yield Buffer.concat(small, smallBytes);
      [small, smallBytes] = [[], 0];
    }
    if (!isSmall) yield piece;
  }
  if (smallBytes > 0) yield Buffer.concat(small, smallBytes);
}
