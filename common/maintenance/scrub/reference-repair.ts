import type { ObjectId } from "mongodb";
import type { EntriesRepository } from "../../entries/repository.js";
import type { Id } from "../../platform/ids.js";
import type { Logger } from "../../platform/log.js";
import type { BlobReferences } from "../../storage/blob-references.js";
import type { UploadsRepository } from "../../uploads/repository.js";
import type { VersionsRepository } from "../../versions/repository.js";
import type { VersionDoc } from "../../versions/version.js";

interface Deps {
  readonly references: BlobReferences;
  readonly uploads: Pick<UploadsRepository, "listVersionIdsByBlob">;
  readonly versions: Pick<VersionsRepository, "listByBlobs" | "findByReplacement">;
  readonly entries: Pick<EntriesRepository, "findPurging">;
  readonly log: Logger;
}

/**
 * Compares the versions that hold a blob with those that name it. They can differ after an operator has restored one of the documents,
 * or when a command arrives after its upload was removed.
 */
export class ReferenceRepair {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** What is wrong here only because it was read in the middle of a purge is put right by the next round. */
  async run(blobId: ObjectId): Promise<void> {
    const { references, log } = this.#deps;
    const wrong = await this.find(blobId);
    if (wrong === undefined) return;
    await references.add(blobId, wrong.missing);
    for (const id of wrong.dead) await references.forget(blobId, id);
    log.warn(
      { blobId: blobId.toHexString(), ...wrong },
      "The versions that hold a blob were corrected",
    );
  }

  /** The versions that do not hold a blob although they name it, and those that hold it although they do not; `undefined` where there are none. */
  async find(
    blobId: ObjectId,
  ): Promise<{ readonly missing: readonly Id[]; readonly dead: readonly Id[] } | undefined> {
    const { references, uploads, versions } = this.#deps;
    // In this order: a reference is added after its ledger entry, which is removed after its version is there.
    const holders = await references.holdersOf(blobId);
    if (holders === undefined) return undefined;
    const expected = await uploads.listVersionIdsByBlob(blobId);
    const replacing = await versions.findByReplacement(blobId);
    const named = await versions.listByBlobs([blobId]);
    const known = new Set([...expected, replacing?._id, ...named.map(({ _id }) => _id)]);
    const missing = await this.#missing(named, holders);
    const dead = holders.filter((id) => !known.has(id));
    // What no version names at all is reported, and not removed: a version may have been lost.
    const isAnyLeft = missing.length > 0 || dead.length < holders.length;
    const removable = isAnyLeft ? dead : [];
    return missing.length + removable.length > 0 ? { missing, dead: removable } : undefined;
  }

  async #missing(named: readonly VersionDoc[], holders: readonly Id[]): Promise<Id[]> {
    const missing: Id[] = [];
    for (const { _id, ownerId, fileId, state } of named) {
      if (state === "staged" || holders.includes(_id)) continue;
      if ((await this.#deps.entries.findPurging(ownerId, fileId)) === null) missing.push(_id);
    }
    return missing;
  }
}
