import { crc32 } from "node:zlib";
import type { ByteWindow } from "../storage/blob-reader.js";
import type { ArchiveDoc, StoredText, TextKey } from "./archive.js";
import { DamagedTextError } from "./errors.js";
import type { ArchivesRepository } from "./repository.js";

type Pages = Pick<ArchivesRepository, "findTextStart" | "findTextPart">;

/** Which text of which archive. */
interface Which {
  readonly pages: Pages;
  readonly archive: ArchiveDoc;
  readonly key: TextKey;
  /** The page that it is a member of: none behind has a part of it. */
  readonly lastPage: number;
}

/**
 * The bytes of a window of a text. One part is in memory at a time. What is read from its first to its last byte is compared with its
 * checksum before the last part leaves.
 *
 * @throws DamagedTextError when a part is missing or altered.
 */
export async function* readText(
  which: Which,
  { sizeBytes, crc32: expected }: StoredText,
  { first, last }: ByteWindow,
): AsyncGenerator<Buffer, void, undefined> {
  const { pages, archive, key, lastPage } = which;
  const isWhole = first === 0 && last === Number(sizeBytes) - 1;
  let sum = 0;
  let n = await findPageAt(which, first);
  let at = await startOf(which, n);
  for (; at <= last; n += 1) {
    const part = n > lastPage ? undefined : await pages.findTextPart(archive, n, key);
    if (part === undefined) throw new DamagedTextError(key);
    sum = crc32(part, sum);
    const to = Math.min(part.length, last + 1 - at);
    if (isWhole && at + to > last && sum !== expected) throw new DamagedTextError(key);
    yield part.subarray(Math.max(0, first - at), to);
    at += part.length;
  }
}

/** The last page whose part begins at or before a byte. */
async function findPageAt(which: Which, byte: number): Promise<number> {
  let [from, to] = [0, which.lastPage];
  while (from < to) {
    const middle = Math.ceil((from + to) / 2);
    if ((await startOf(which, middle)) <= byte) from = middle;
    else to = middle - 1;
  }
  return from;
}

async function startOf({ pages, archive, key }: Which, n: number): Promise<number> {
  const start = await pages.findTextStart(archive, n, key);
  if (start === undefined) throw new DamagedTextError(key);
  return start;
}
