import { PLACE_MS } from "../links/downloads.js";
import { NotFoundError } from "../platform/errors.js";
import type { ArchiveDoc } from "./archive.js";
import type { ArchivesRepository } from "./repository.js";

/** How long the archive of a link is kept, in milliseconds: as long as its download can be resumed. */
export const LINK_ARCHIVE_MS = PLACE_MS;

/** How often a long download notes that the archive is still being read, in milliseconds. */
const NOTE_MS = 10 * 60 * 1000;

interface Deps {
  readonly archives: Pick<ArchivesRepository, "read">;
  readonly now: () => Date;
}

/**
 * Passes the content of a link's archive on. Meanwhile the archive is not idle, and it is kept for {@link LINK_ARCHIVE_MS} from its last byte on.
 *
 * @throws NotFoundError before the first byte when the archive has ended.
 */
export async function* whileRead<T>(
  { archives, now }: Deps,
  archive: ArchiveDoc,
  content: AsyncIterable<T>,
): AsyncGenerator<T, void, undefined> {
  const note = (readers: -1 | 0 | 1) => {
    const expiresAt = new Date(now().getTime() + LINK_ARCHIVE_MS);
    return archives.read(archive, { readers, expiresAt });
  };
  if (!(await note(1))) throw new NotFoundError("archive");
  let notedMs = performance.now();
  try {
    for await (const piece of content) {
      if (performance.now() - notedMs >= NOTE_MS) {
        await note(0);
        notedMs = performance.now();
      }
      yield piece;
    }
  } finally {
    // All that was asked for may have been sent by now. A reader that cannot be noted now counts until the archive expires.
    await note(-1).catch(() => undefined);
  }
}
