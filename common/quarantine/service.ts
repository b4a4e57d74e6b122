import { grantToAdmin } from "../access/admin-grants.js";
import type { AccountsRepository } from "../accounts/repository.js";
import type { FileEntry } from "../entries/entry.js";
import type { EntriesRepository } from "../entries/repository.js";
import { processingOf } from "../pipeline/job.js";
import { decodeCursor, type Page, pageOf } from "../platform/cursor.js";
import { NotFoundError } from "../platform/errors.js";
import type { Id } from "../platform/ids.js";
import type { OrderedWrites } from "../platform/ordered-writes.js";
import type { JobProducer } from "../queue/producer.js";
import type { BlobQuarantine } from "../storage/blob-quarantine.js";
import type { BlobStore } from "../storage/blob-store.js";
import { DamagedContentError } from "../storage/errors.js";
import { enqueuePurge } from "../trash/removal.js";
import type { Copies } from "../uploads/copies.js";
import type { VersionHistory } from "../versions/history-repository.js";
import type { VersionsRepository } from "../versions/repository.js";
import { type EncryptedZip, encryptedZip } from "./encrypted-zip.js";
import type { QuarantinedVersion, QuarantineRepository } from "./repository.js";

/** A content in quarantine, and the file that has or had it; `null` where that is gone. */
export interface QuarantinedContent {
  readonly version: QuarantinedVersion;
  readonly file: FileEntry | null;
}

interface Deps {
  readonly everybodys: QuarantineRepository;
  readonly quarantine: Pick<BlobQuarantine, "release">;
  readonly blobs: Pick<BlobStore, "find" | "read">;
  readonly accounts: Pick<AccountsRepository, "findById">;
  readonly entries: Pick<EntriesRepository, "findFile" | "removalMark">;
  readonly versions: Pick<VersionsRepository, "confirmation">;
  readonly history: Pick<VersionHistory, "markPurging">;
  readonly copies: Pick<Copies, "restore">;
  readonly writes: OrderedWrites;
  readonly jobs: Pick<JobProducer, "enqueue">;
  readonly now: () => Date;
}

const LIST = ["quarantine"];

/** What admins do with content in quarantine, of any account. */
export class Quarantine {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** What was found last first. @throws InvalidCursorError */
  async list({
    limit,
    cursor,
  }: {
    readonly limit: number;
    readonly cursor?: string | undefined;
  }): Promise<Page<QuarantinedContent>> {
    const position = cursor === undefined ? undefined : decodeCursor(LIST, "number", cursor);
    const after = position && { at: new Date(position.value), id: position.id };
    const found = await this.#deps.everybodys.list(after, limit + 1);
    const { items, nextCursor } = pageOf(found, {
      limit,
      list: LIST,
      positionOf: ({ quarantine, _id: id }) => ({ value: quarantine.at.getTime(), id }),
    });
    const files = await this.#deps.everybodys.listFiles(items);
    const shown = items.map((version) => ({ version, file: files.get(version.fileId) ?? null }));
    return { items: shown, nextCursor };
  }

  /**
   * The content as an encrypted ZIP file.
   *
   * @returns also whose it is.
   * @throws NotFoundError
   * @throws DamagedContentError when it is missing.
   */
  async open(versionId: Id): Promise<EncryptedZip & { readonly ownerId: Id }> {
    const { blobs, entries } = this.#deps;
    const { ownerId, fileId, blobId } = await this.#find(versionId);
    const blob = await blobs.find(blobId);
    if (blob === undefined) throw new DamagedContentError(blobId, "the blob is missing");
    const { sizeBytes } = blob;
    const name = (await entries.findFile(ownerId, fileId))?.name ?? versionId;
    const content = blobs.read(blob, { first: 0, last: sizeBytes - 1 });
    return { ownerId, ...encryptedZip({ name, sizeBytes, content }) };
  }

  /**
   * Lets everybody have the content again who had it, in all versions that share it. What was found in it does not bring it into quarantine any more.
   * May be repeated after a crash.
   *
   * @returns whose it is.
   * @throws NotFoundError
   */
  async release(versionId: Id): Promise<Id> {
    const { everybodys, quarantine, jobs, now } = this.#deps;
    const version = await this.#find(versionId);
    const { blobId, ownerId } = version;
    const { reason } = version.quarantine;
    await quarantine.release(blobId);
    for (const each of await everybodys.release(blobId, { reason, at: now() })) {
      jobs.enqueue(processingOf(each));
    }
    return ownerId;
  }

  /**
   * Removes the content for good. A file that shows it shows its newest other version from then on; without one it goes, too.
   *
   * @param adminId - Who makes the other version the one that is shown.
   * @returns whose it was.
   * @throws NotFoundError
   */
  async remove(versionId: Id, adminId: Id): Promise<Id> {
    const { history, jobs, now } = this.#deps;
    const version = await this.#find(versionId);
    const { ownerId, fileId } = version;
    if (await this.#isShown(version)) await this.#replace(version, adminId);
    // A file that goes takes it along.
    if (await this.#isShown(version)) await this.#removeFile(version);
    else if (await history.markPurging({ ownerId, _id: fileId }, versionId, now())) {
      jobs.enqueue({ name: "version.purge", data: { ownerId, versionId } });
    }
    return ownerId;
  }

  async #find(versionId: Id): Promise<QuarantinedVersion> {
    const version = await this.#deps.everybodys.find(versionId);
    if (version === null) throw new NotFoundError("version");
    return version;
  }

  async #isShown({ ownerId, fileId, _id }: QuarantinedVersion): Promise<boolean> {
    return (await this.#deps.entries.findFile(ownerId, fileId))?.versionId === _id;
  }

  /** Has the file show another version, if it is live and there is one. */
  async #replace(version: QuarantinedVersion, adminId: Id): Promise<void> {
    const { everybodys, entries, accounts, copies } = this.#deps;
    const { ownerId, fileId } = version;
    const file = await entries.findFile(ownerId, fileId);
    const earlier = await everybodys.findEarlier(version);
    const owner = await accounts.findById(ownerId);
    if (file?.isTrashed !== false || earlier === null || owner === undefined) return;
    const { place, granted } = grantToAdmin(adminId, file, owner);
    try {
      await copies.restore(place, { file: granted, condition: null }, earlier);
    } catch (error) {
      // The folder or the other version was removed meanwhile: then there is nothing to show.
      if (!(error instanceof NotFoundError)) throw error;
    }
  }

  async #removeFile({ ownerId, fileId }: QuarantinedVersion): Promise<void> {
    const { entries, versions, writes, jobs, now } = this.#deps;
    for (;;) {
      const file = await entries.findFile(ownerId, fileId);
      if (file?.purgingSince !== null) return;
      // As for any file that goes: see Removal.
      const { marked } = await writes.run({
        confirmed: versions.confirmation(file),
        marked: entries.removalMark(file, { trash: null, purgingSince: now() }),
      });
      if (marked === 1) {
        enqueuePurge(jobs, file);
        return;
      }
    }
  }
}
