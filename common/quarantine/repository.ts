import type { Collection, Db, Filter, IndexDescription } from "mongodb";
import type { FileEntry } from "../entries/entry.js";
import type { Id } from "../platform/ids.js";
import type { VersionDoc } from "../versions/version.js";

/** Of `versions`: those in quarantine. */
export const quarantineIndexes: readonly IndexDescription[] = [
  {
    key: { "quarantine.at": -1, _id: -1 },
    partialFilterExpression: { "quarantine.at": { $exists: true } },
  },
];

/** A version in quarantine. */
export type QuarantinedVersion = VersionDoc & Required<Pick<VersionDoc, "quarantine">>;

interface After {
  readonly at: Date;
  readonly id: Id;
}

const QUARANTINED = {
  state: "quarantined",
  "quarantine.at": { $gt: new Date(0) },
  purgingSince: { $exists: false },
} as const satisfies Filter<VersionDoc>;

/** The quarantine for admins: the versions of all accounts. */
export class QuarantineRepository {
  readonly #versions: Collection<VersionDoc>;
  readonly #files: Collection<FileEntry>;

  constructor(db: Db) {
    this.#versions = db.collection("versions");
    this.#files = db.collection("entries");
  }

  /** The latest first. */
  list(after: After | undefined, limit: number): Promise<QuarantinedVersion[]> {
    const older: Filter<VersionDoc>[] =
      after === undefined
        ? []
        : [
            { "quarantine.at": { $lte: after.at } },
            {
              $or: [
                { "quarantine.at": { $lt: after.at } },
                { "quarantine.at": after.at, _id: { $lt: after.id } },
              ],
            },
          ];
    return this.#versions
      .find<QuarantinedVersion>(
        { $and: [QUARANTINED, ...older] },
        { sort: { "quarantine.at": -1, _id: -1 }, limit, batchSize: limit },
      )
      .toArray();
  }

  /** A version of any account. */
  find(versionId: Id): Promise<QuarantinedVersion | null> {
    return this.#versions.findOne<QuarantinedVersion>({ _id: versionId, ...QUARANTINED });
  }

  /** A version of any account, whatever its state: that follows a moment after its blob was marked. */
  findVersion(versionId: Id): Promise<VersionDoc | null> {
    return this.#versions.findOne({ _id: versionId });
  }

  /** The files of some versions, by their ids; also those in the trash. */
  async listFiles(versions: readonly VersionDoc[]): Promise<ReadonlyMap<Id, FileEntry>> {
    const ids = versions.map(({ fileId }) => fileId);
    const ownerIds = versions.map(({ ownerId }) => ownerId);
    const files = await this.#files
      .find({ _id: { $in: ids }, ownerId: { $in: ownerIds } })
      .toArray();
    return new Map(files.map((file) => [file._id, file]));
  }

  /** The newest version of a file that may be shown instead of another one. */
  findEarlier({ ownerId, fileId, _id }: VersionDoc): Promise<VersionDoc | null> {
    return this.#versions.findOne(
      { ownerId, fileId, _id: { $ne: _id }, state: "ready", purgingSince: { $exists: false } },
      { sort: { createdAt: -1, _id: -1 } },
    );
  }

  /** Lets all versions with a blob go on in the pipeline, as if the scan had found nothing. */
  async release(blobId: VersionDoc["blobId"], { reason, at }: { reason: string; at: Date }) {
    await this.#versions.updateMany(
      { blobId, state: "quarantined" },
      {
        $set: {
          state: "processing",
          "pipeline.dueAt": at,
          "pipeline.leaseUntil": null,
          "pipeline.steps.scan.outcome": "done",
          "pipeline.steps.scan.reason": `released by an admin: ${reason}`,
        },
        $unset: { quarantine: "" },
        $inc: { "pipeline.generation": 1 },
      },
    );
    const due = { blobId, state: "processing", "pipeline.dueAt": { $exists: true } } as const;
    return this.#versions.find(due, { limit: 1000, batchSize: 1000 }).toArray();
  }
}
