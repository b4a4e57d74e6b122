import type { Id } from "../platform/ids.js";
import type { BlobHolds } from "../storage/blob-holds.js";
import type { ArchiveDoc, ArchivePageDoc } from "./archive.js";
import type { ArchivesRepository } from "./repository.js";

const BATCH = 100;

interface Deps {
  readonly archives: ArchivesRepository;
  readonly holds: Pick<BlobHolds, "release">;
  readonly now: () => Date;
  /** How long an archive that has ended is kept for those that still prepare it, in milliseconds: longer than any job takes. */
  readonly keepMs: number;
}

/** Ends archives: what they hold is released, and their documents go. Each step may be repeated; the archive's own document goes last. */
export class ArchiveRelease {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Ends what has expired, and removes what has ended long ago. @returns How many were removed. */
  async sweep(signal: AbortSignal): Promise<number> {
    const { archives, now, keepMs } = this.#deps;
    const at = now();
    let removed = 0;
    for (const archive of await archives.listExpired(at, BATCH)) {
      await this.#release(archive, signal);
      if (archive.expiresAt.getTime() > at.getTime() - keepMs) continue;
      await archives.remove(archive);
      removed += 1;
    }
    return removed;
  }

  /** Removes all archives of an account, and those of others that have something of it: nobody may read these any more. */
  async removeAllOf(accountId: Id, signal: AbortSignal): Promise<void> {
    const { archives } = this.#deps;
    for (;;) {
      const own = await archives.listOwned(accountId, BATCH);
      const some = own.length > 0 ? own : await archives.listElsewhere(accountId, BATCH);
      if (some.length === 0) return;
      for (const archive of some) {
        await this.#release(archive, signal);
        await archives.remove(archive);
      }
    }
  }

  async #release(archive: ArchiveDoc, signal: AbortSignal): Promise<void> {
    const { archives, now } = this.#deps;
    await archives.end(archive, now());
    for (;;) {
      signal.throwIfAborted();
      const page = await archives.findAnyPage(archive);
      if (page === null) return;
      await this.releasePage(page);
    }
  }

  /** Releases what a page holds, and removes it. */
  async releasePage(page: ArchivePageDoc): Promise<void> {
    const { archives, holds } = this.#deps;
    const files = page.members.filter((member) => member.kind === "file");
    await holds.release(
      page.archiveId,
      files.map(({ blobId }) => blobId),
    );
    await archives.removePage(page);
  }
}
