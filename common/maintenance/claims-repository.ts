import type { Collection, Db } from "mongodb";
import type { FileEntry } from "../entries/entry.js";
import { WITHOUT_EVENTS } from "../events/outbox-repository.js";
import type { Id } from "../platform/ids.js";
import { asRead } from "../versions/repository.js";
import type { VersionDoc } from "../versions/version.js";

/** Names a file whose removal began. */
export interface PurgeTarget {
  readonly ownerId: Id;
  readonly fileId: Id;
}

interface Claim {
  /** Random, and of this claim alone. */
  readonly token: Id;
  /**
   * Whether nobody had claimed it before. Only then is it known, once it was removed by this claim, that no other purge has released it
   * or will.
   */
  readonly isFirst: boolean;
}

/** A file that is being removed, by who has claimed it last. */
export type FileClaim = PurgeTarget & Claim;

/** A version that is being removed, by who has claimed it last. */
export interface VersionClaim extends Claim {
  /** As it was read, before or after the claim. */
  readonly version: VersionDoc;
}

/**
 * Which purge removes a version or a file (`purgeToken`). It may always be claimed, also from a purge that is at work: so nothing waits for a process
 * that died. A purge claims before it releases anything, and removes only what nobody has claimed since.
 */
export class PurgeClaims {
  readonly #versions: Collection<VersionDoc>;
  readonly #files: Collection<FileEntry>;

  constructor(db: Db) {
    this.#versions = db.collection("versions");
    this.#files = db.collection("entries");
  }

  /** `null` when the file is gone, or is not to be removed. */
  async claimFile({ ownerId, fileId }: PurgeTarget, token: Id): Promise<FileClaim | null> {
    const before = await this.#files.findOneAndUpdate(
      { _id: fileId, ownerId, kind: "file", purgingSince: { $ne: null } },
      { $set: { purgeToken: token } },
      { returnDocument: "before", projection: { purgeToken: 1 } },
    );
    return before && { ownerId, fileId, token, isFirst: before.purgeToken === undefined };
  }

  /**
   * @returns `events` when the file has events that the log does not have; `taken` when it is gone, or was claimed by another
   * purge.
   */
  async removeFile({ ownerId, fileId, token }: FileClaim): Promise<"removed" | "events" | "taken"> {
    const claimed = { _id: fileId, ownerId, purgeToken: token };
    const { deletedCount } = await this.#files.deleteOne({ ...claimed, ...WITHOUT_EVENTS });
    if (deletedCount === 1) return "removed";
    const isLeft = (await this.#files.findOne(claimed, { projection: { _id: 1 } })) !== null;
    return isLeft ? "events" : "taken";
  }

  /**
   * One command, unless another purge has claimed some of them.
   *
   * @param token - A new one for each call.
   * @returns Those that are still there.
   */
  async claimVersions(
    ownerId: Id,
    versions: readonly VersionDoc[],
    token: Id,
  ): Promise<VersionClaim[]> {
    if (versions.length === 0) return [];
    const claimed = { $set: { purgeToken: token } };
    const all = { _id: { $in: versions.map(({ _id }) => _id) }, ownerId };
    const unclaimed = { ...all, purgeToken: { $exists: false } };
    const { modifiedCount } = await this.#versions.updateMany(unclaimed, claimed);
    if (modifiedCount === versions.length) {
      return versions.map((version) => ({ version, token, isFirst: true }));
    }
    const others = await this.#versions.distinct("_id", { ...all, purgeToken: { $ne: token } });
    await this.#versions.updateMany({ _id: { $in: others }, ownerId }, claimed);
    // What is gone by now, or was claimed again, must not be released by this purge.
    const own = await this.#versions.find({ ...all, purgeToken: token }).toArray();
    return own.map((version) => ({ version, token, isFirst: !others.includes(version._id) }));
  }

  /** Resolves to `false` when the version is gone, was claimed by another purge, or has other blobs than it had when it was read. */
  async removeVersion({ version, token }: VersionClaim): Promise<boolean> {
    const claimed = { ...asRead(version), purgeToken: token };
    return (await this.#versions.deleteOne(claimed)).deletedCount === 1;
  }
}
