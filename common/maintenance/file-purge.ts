import type { EntriesRepository } from "../entries/repository.js";
import type { ContentIndexRepository } from "../content-index/repository.js";
import type { EventRelay } from "../events/relay.js";
import { type Id, newId } from "../platform/ids.js";
import type { Quota } from "../quota/service.js";
import type { BlobReferences } from "../storage/blob-references.js";
import type { UploadsRepository } from "../uploads/repository.js";
import type { VersionHistory } from "../versions/history-repository.js";
import type { VersionsRepository } from "../versions/repository.js";
import type { VersionDoc } from "../versions/version.js";
import type { FileClaim, PurgeClaims, PurgeTarget, VersionClaim } from "./claims-repository.js";
import type { Settlement } from "./settlement.js";

/** Of some 500 bytes each. The account's document has so many release marks of this purge at most, and that of the file. */
const VERSIONS_PER_QUERY = 100;

interface Deps {
  readonly entries: Pick<EntriesRepository, "findPurging">;
  readonly claims: PurgeClaims;
  readonly history: Pick<VersionHistory, "findPurging">;
  readonly versions: Pick<VersionsRepository, "find" | "listPublished">;
  readonly uploads: Pick<UploadsRepository, "remove">;
  readonly contentIndex: Pick<ContentIndexRepository, "remove">;
  readonly references: Pick<BlobReferences, "release">;
  readonly quota: Pick<Quota, "releaseOnce" | "forgetReleases">;
  readonly settlement: Settlement;
  readonly eventRelay: Pick<EventRelay, "run">;
}

/** What became of some versions. */
interface Removal {
  /** Whether another purge has claimed one of them, and goes on with it. */
  readonly isTaken: boolean;
  /** The marks of those that nobody else can release. */
  readonly marks: Id[];
}

/**
 * Removes what a deleted file leaves behind. The marked file goes last: whatever a crash interrupts here, the sweep finds the
 * mark and repeats, and every line may run twice.
 *
 * Two purges of one file may cross. Who claims a version or the file last goes on, and the other one ends: if both claimed again and again, none
 * would come to an end. The release marks of what was claimed twice stay until the reconcile (docs/design/quota.md).
 */
export class FilePurge {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** @returns `false` when it has left something to another purge. */
  async run(target: PurgeTarget, signal: AbortSignal): Promise<boolean> {
    const { claims, versions, quota } = this.#deps;
    const { ownerId, fileId } = target;
    const file = await claims.claimFile(target, newId());
    if (file === null) return true;
    let marks: Id[] = [];
    for (;;) {
      const found = await versions.listPublished(ownerId, fileId, VERSIONS_PER_QUERY);
      if (found.length === 0) break;
      await quota.forgetReleases(ownerId, marks);
      const removal = await this.#remove(ownerId, found, signal);
      marks = removal.marks;
      if (!removal.isTaken) continue;
      await quota.forgetReleases(ownerId, marks);
      return false;
    }
    await quota.releaseOnce(ownerId, fileId, { bytes: 0, files: 1 });
    const isRemoved = await this.#removeFile(file);
    if (isRemoved && file.isFirst) marks.push(fileId);
    await quota.forgetReleases(ownerId, marks);
    return isRemoved;
  }

  /** Removes a version alone, of which the removal has begun. Does nothing for one that is gone, or goes with its file. */
  async runVersion(
    { ownerId, versionId }: { ownerId: Id; versionId: Id },
    signal: AbortSignal,
  ): Promise<void> {
    const { history, entries } = this.#deps;
    const version = await history.findPurging(ownerId, versionId);
    if (version === null) return;
    const isClaimed = version.purgeToken !== undefined;
    // Many of these jobs may meet the purge of their file: to take the versions from it would leave the mark of each.
    if (isClaimed && (await entries.findPurging(ownerId, version.fileId)) !== null) return;
    await this.removeVersions(ownerId, [version], signal);
  }

  /**
   * Removes versions that no file shows, and what they name. May be repeated.
   *
   * @param versions - At most some 100.
   * @returns `false` when it has left one of them to another purge.
   */
  async removeVersions(
    ownerId: Id,
    versions: readonly VersionDoc[],
    signal: AbortSignal,
  ): Promise<boolean> {
    const { isTaken, marks } = await this.#remove(ownerId, versions, signal);
    await this.#deps.quota.forgetReleases(ownerId, marks);
    return !isTaken;
  }

  /** The log gets the events of the file before it goes. */
  async #removeFile(file: FileClaim): Promise<boolean> {
    const { claims, eventRelay } = this.#deps;
    for (;;) {
      const became = await claims.removeFile(file);
      if (became !== "events") return became === "removed";
      await eventRelay.run(file.ownerId);
    }
  }

  async #remove(
    ownerId: Id,
    versions: readonly VersionDoc[],
    signal: AbortSignal,
  ): Promise<Removal> {
    const marks: Id[] = [];
    for (const claim of await this.#deps.claims.claimVersions(ownerId, versions, newId())) {
      signal.throwIfAborted();
      const became = await this.#removeVersion(claim);
      if (became === "taken") return { isTaken: true, marks };
      if (became === "removed" && claim.isFirst) marks.push(claim.version._id);
    }
    return { isTaken: false, marks };
  }

  async #removeVersion(claim: VersionClaim): Promise<"removed" | "gone" | "taken"> {
    const { claims, versions, uploads, contentIndex, quota, settlement } = this.#deps;
    const { ownerId, _id, uploadId, sizeBytes } = claim.version;
    // What was never counted cannot be taken out of the count.
    await settlement.run({ ownerId, uploadId });
    await this.#releaseBlobs(claim.version);
    await quota.releaseOnce(ownerId, _id, { bytes: Number(sizeBytes), files: 0 });
    await uploads.remove(ownerId, uploadId);
    await contentIndex.remove(ownerId, _id);
    // A copy may take the place of its blob meanwhile: the version goes only when nothing is left of any of them.
    let { version } = claim;
    while (!(await claims.removeVersion({ ...claim, version }))) {
      const found = await versions.find(ownerId, _id);
      if (found === null) return "gone";
      if (found.purgeToken !== claim.token) return "taken";
      version = found;
      await this.#releaseBlobs(version);
    }
    return "removed";
  }

  async #releaseBlobs({ _id, blobId, replacementBlobId, replacedBlobId }: VersionDoc) {
    for (const id of [blobId, replacementBlobId, replacedBlobId]) {
      if (id !== undefined) await this.#deps.references.release(id, _id);
    }
  }
}
