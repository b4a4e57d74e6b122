import { type Id, newId } from "../platform/ids.js";
import type { BlobHolds } from "../storage/blob-holds.js";
import type { BlobReferences } from "../storage/blob-references.js";
import type { ContentGate } from "../versions/content-gate.js";
import type { VersionsRepository } from "../versions/repository.js";
import type {
  ArchiveDoc,
  ArchivePageDoc,
  StoredExtent,
  StoredFile,
  StoredMember,
} from "./archive.js";
import type { ArchiveListing } from "./listing.js";
import type { ArchiveRelease } from "./release.js";
import type { ArchivesRepository } from "./repository.js";
import { extentBehind, withMembers } from "./stored-members.js";

interface Deps {
  readonly archives: ArchivesRepository;
  /** Lists what was chosen. */
  readonly selections: ArchiveListing;
  /** Lists all of an account. */
  readonly exports: ArchiveListing;
  readonly versions: Pick<VersionsRepository, "find">;
  readonly contentGate: Pick<ContentGate, "listWithheld">;
  readonly holds: BlobHolds;
  readonly references: Pick<BlobReferences, "complete">;
  readonly release: ArchiveRelease;
  /** An archive with more fails. */
  readonly maxMembers: number;
}

/** Names an archive. */
export interface ArchiveTarget {
  readonly ownerId: Id;
  readonly archiveId: Id;
}

interface Limits {
  readonly signal?: AbortSignal;
  /** How many pages to list at most; the others are left to another run. Default: all. */
  readonly pages?: number;
  /** How often the tree is queried for a page, about; a page may have fewer members then. Default: until it is full. */
  readonly queriesPerPage?: number;
}

/**
 * Lists the members of an archive, page by page, and holds their blobs. The pages are the record of how far it has come: a page is inserted,
 * then its blobs are held, then it says so. So any process may go on after any crash, and several at once do no harm: a unique index lets in
 * one page of each number.
 */
export class ArchivePreparation {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Does nothing for an archive that is not being prepared. */
  async run(
    { ownerId, archiveId }: ArchiveTarget,
    { signal, pages = Infinity, queriesPerPage = Infinity }: Limits = {},
  ) {
    const owned = { _id: archiveId, ownerId };
    const archive = await this.#deps.archives.findPreparing(owned);
    if (archive === null) return;
    for (let left = pages; ;) {
      signal?.throwIfAborted();
      const last = await this.#deps.archives.findLastPage(archive);
      if (last !== null && last.before === null) {
        if (!(await this.#hold(last))) return;
      } else if (last !== null && (last.next === null || this.#isTooLarge(last))) {
        await this.#finish(archive, last);
        return;
      } else {
        if (left <= 0) return;
        left -= 1;
        await this.#list(archive, last, queriesPerPage);
      }
    }
  }

  /** Refused when another process was faster: then its page counts. */
  async #list(archive: ArchiveDoc, last: ArchivePageDoc | null, maxQueries: number): Promise<void> {
    const { archives, selections, exports } = this.#deps;
    const { _id: archiveId, ownerId } = archive;
    const listing = archive.isExport === true ? exports : selections;
    const page = await listing.nextPage(archive, last, maxQueries);
    const n = last === null ? 0 : last.n + 1;
    await archives.insertPage({ _id: newId(), archiveId, ownerId, n, ...page, before: null });
  }

  /** @returns `false` when the archive has ended meanwhile. Then nothing of the page is left. */
  async #hold(page: ArchivePageDoc): Promise<boolean> {
    const { archives, release } = this.#deps;
    const members = await this.#heldMembers(page);
    await archives.holdPage(page, { members, before: await this.#before(page) });
    // Who ends an archive marks it, and then releases the pages that there are. So either that process sees this page, or this one the mark.
    const owned = { _id: page.archiveId, ownerId: page.ownerId };
    const state = await archives.findState(owned);
    if (state === "preparing") return true;
    if (state === "ready" || state === "failed") return false;
    await release.releasePage({ ...page, members });
    return false;
  }

  async #before({ archiveId, ownerId, n }: ArchivePageDoc): Promise<StoredExtent> {
    if (n === 0) return withMembers(null, []);
    const previous = await this.#deps.archives.findWholePage({ _id: archiveId, ownerId }, n - 1);
    return previous === null ? withMembers(null, []) : extentBehind(previous);
  }

  /** The members whose content is still there, and is held now. */
  async #heldMembers(page: ArchivePageDoc): Promise<StoredMember[]> {
    const { archiveId } = page;
    const members = await this.#servedMembers(page);
    const files = members.filter((member) => member.kind === "file");
    const held = await this.#deps.holds.hold(
      archiveId,
      files.map(({ blobId }) => blobId),
    );
    const found: StoredMember[] = [];
    for (const member of members) {
      if (member.kind !== "file" || held.has(member.blobId.toHexString())) found.push(member);
      else found.push(...(await this.#holdMoved(page, member)));
    }
    return found;
  }

  /** The members without those whose content nobody is given. */
  async #servedMembers({ ownerId, members }: ArchivePageDoc): Promise<StoredMember[]> {
    const files = members.filter((member) => member.kind === "file");
    const ownerIds = new Set(files.map((file) => file.ownerId ?? ownerId));
    const versionIds = files.map(({ versionId }) => versionId);
    const withheld = await this.#deps.contentGate.listWithheld([...ownerIds], versionIds);
    return members.filter((member) => member.kind !== "file" || !withheld.has(member.versionId));
  }

  /** A file whose content is not where it was: it may have moved, by encryption, or its document was restored by an operator. */
  async #holdMoved(
    { archiveId, ownerId }: ArchivePageDoc,
    file: StoredFile,
  ): Promise<StoredFile[]> {
    const { versions, holds, references } = this.#deps;
    const version = await versions.find(file.ownerId ?? ownerId, file.versionId);
    if (version === null) return [];
    const { blobId } = version;
    await references.complete(blobId);
    const held = await holds.hold(archiveId, [blobId]);
    return held.size === 0 ? [] : [{ ...file, blobId }];
  }

  #isTooLarge({ before, members }: ArchivePageDoc): boolean {
    return (before?.members ?? 0) + members.length > this.#deps.maxMembers;
  }

  async #finish(archive: ArchiveDoc, last: ArchivePageDoc): Promise<void> {
    const isTooLarge = this.#isTooLarge(last);
    await this.#deps.archives.finish(archive, {
      state: isTooLarge ? "failed" : "ready",
      extent: isTooLarge ? null : extentBehind(last),
    });
  }
}
