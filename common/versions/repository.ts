import type { Collection, Db, Filter, IndexDescription } from "mongodb";
import type { Id } from "../platform/ids.js";
import { change, type Change, insertion, type Write } from "../platform/write.js";
import type { UsageChange } from "../quota/repository.js";
import type { InspectionResult, InspectionStart, VersionDoc } from "./version.js";

export const versionIndexes: readonly IndexDescription[] = [
  { key: { ownerId: 1, fileId: 1, createdAt: 1 } },
  { key: { ownerId: 1, uploadId: 1 } },
  { key: { blobId: 1 } },
  {
    key: { replacementBlobId: 1 },
    partialFilterExpression: { replacementBlobId: { $exists: true } },
  },
  { key: { createdAt: 1 }, partialFilterExpression: { state: "processing" } },
];

export class VersionsRepository {
  readonly #versions: Collection<VersionDoc>;

  constructor(db: Db) {
    this.#versions = db.collection("versions");
  }

  find(ownerId: Id, versionId: Id): Promise<VersionDoc | null> {
    return this.#versions.findOne({ _id: versionId, ownerId });
  }

  findByUpload(ownerId: Id, uploadId: Id): Promise<VersionDoc | null> {
    return this.#versions.findOne({ ownerId, uploadId });
  }

  findByBlob(blobId: VersionDoc["blobId"]): Promise<VersionDoc | null> {
    return this.#versions.findOne({ blobId });
  }

  listByBlobs(blobIds: readonly VersionDoc["blobId"][]): Promise<VersionDoc[]> {
    return this.#versions.find({ blobId: { $in: [...blobIds] } }).toArray();
  }

  /** The first blob behind another that a version names, in the order of ids; `null` when there is none. */
  async nextBlobId(after: VersionDoc["blobId"] | null): Promise<VersionDoc["blobId"] | null> {
    const version = await this.#versions.findOne(after === null ? {} : { blobId: { $gt: after } }, {
      sort: { blobId: 1 },
      projection: { blobId: 1 },
    });
    return version?.blobId ?? null;
  }

  /** What may be removed with a file: versions that are only staged belong to an upload still. */
  listPublished(ownerId: Id, fileId: Id): Promise<VersionDoc[]> {
    return this.#versions.find({ ownerId, fileId, state: { $ne: "staged" } }).toArray();
  }

  /** The versions that wait for their inspection since before an instant, oldest first. */
  listProcessing(before: Date, limit: number): Promise<VersionDoc[]> {
    return this.#versions
      .find(
        { state: "processing", createdAt: { $lt: before } },
        { sort: { createdAt: 1 }, limit, batchSize: limit },
      )
      .toArray();
  }

  /** How many versions wait for their inspection; counting stops at `most`. */
  countProcessing(most: number): Promise<number> {
    return this.#versions.countDocuments(
      { state: "processing", createdAt: { $gt: new Date(0) } },
      { limit: most },
    );
  }

  /** Refused when an earlier try inserted it. */
  insertion(version: VersionDoc): Write {
    return insertion(this.#versions, version);
  }

  /** Inserts a staged version, or leaves the one that an earlier try inserted, and resolves to it. */
  async stage(version: VersionDoc): Promise<VersionDoc> {
    const { _id, ownerId, ...rest } = version;
    const staged = await this.#versions.findOneAndUpdate(
      { _id, ownerId },
      { $setOnInsert: rest },
      { upsert: true, returnDocument: "after" },
    );
    return staged ?? version;
  }

  /** Names the file that a staged version is to belong to. */
  async assign({ _id, ownerId, fileId: known }: VersionDoc, fileId: Id): Promise<void> {
    if (fileId === known) return;
    await this.#versions.updateOne({ _id, ownerId, state: "staged" }, { $set: { fileId } });
  }

  /** Records that its file shows a version. Whoever is about to replace or remove it does this first. */
  async confirm(ownerId: Id, versionId: Id): Promise<void> {
    const { filter, update } = confirmationOf(ownerId, versionId);
    await this.#versions.updateOne(filter, update);
  }

  /** {@link confirm} among other writes. Finds nothing when it was done before, or the version is gone. */
  confirmation(ownerId: Id, versionId: Id): Write {
    return change(this.#versions, confirmationOf(ownerId, versionId));
  }

  async removeStaged(ownerId: Id, versionId: Id): Promise<void> {
    await this.#versions.deleteOne({ _id: versionId, ownerId, state: "staged" });
  }

  /**
   * Counts an attempt before it begins, so that one which ends its process counts too. Resolves to `null`, and counts
   * nothing, while somebody else is at it or when it is over.
   */
  beginInspection({ ownerId, versionId, now, leaseUntil }: InspectionStart) {
    return this.#versions.findOneAndUpdate(
      {
        _id: versionId,
        ownerId,
        state: "processing",
        "inspection.leaseUntil": { $not: { $gt: now } },
      },
      { $inc: { "inspection.attempts": 1 }, $set: { "inspection.leaseUntil": leaseUntil } },
      { returnDocument: "after" },
    );
  }

  /** Lets the next attempt begin at once, unless another has begun since. */
  async leaveInspection(ownerId: Id, versionId: Id, leaseUntil: Date): Promise<void> {
    await this.#versions.updateOne(
      { _id: versionId, ownerId, "inspection.leaseUntil": leaseUntil },
      { $set: { "inspection.leaseUntil": null } },
    );
  }

  /** Takes back what {@link beginInspection} counted. */
  async uncountInspection({ _id, ownerId }: VersionDoc): Promise<void> {
    await this.#versions.updateOne(
      { _id, ownerId, state: "processing" },
      { $inc: { "inspection.attempts": -1 } },
    );
  }

  async finishInspection(ownerId: Id, versionId: Id, result: InspectionResult): Promise<void> {
    await this.#versions.updateOne(
      { _id: versionId, ownerId, state: "processing" },
      {
        $set: {
          type: result.type,
          state: result.state,
          "inspection.leaseUntil": null,
          "inspection.failure": result.failure,
        },
      },
    );
  }

  /** Compare-and-set: resolves to `false` when the version has other blobs than it had when it was read. */
  async remove(version: VersionDoc): Promise<boolean> {
    const { deletedCount } = await this.#versions.deleteOne(asRead(version));
    return deletedCount === 1;
  }

  /** In this order: a replacement becomes the version's blob, never the other way round. */
  async isBlobExpected(blobId: VersionDoc["blobId"]): Promise<boolean> {
    const replaced = await this.#versions.findOne(
      { replacementBlobId: blobId },
      { projection: { _id: 1 } },
    );
    return replaced !== null || (await this.findByBlob(blobId)) !== null;
  }

  /** Compare-and-set: names the blob that a copy is about to be written to. `null` when the version changed or is staged. */
  markReplacement(
    version: VersionDoc,
    replacementBlobId: VersionDoc["blobId"],
  ): Promise<VersionDoc | null> {
    return this.#versions.findOneAndUpdate(
      { ...asRead(version), state: { $ne: "staged" } },
      { $set: { replacementBlobId } },
      { returnDocument: "after" },
    );
  }

  async unmarkReplacement(marked: VersionDoc): Promise<void> {
    await this.#versions.updateOne(asRead(marked), { $unset: { replacementBlobId: "" } });
  }

  /** Compare-and-set: from then on the replacement is the version's blob. `null` when the mark is no longer the same. */
  showReplacement(marked: VersionDoc): Promise<VersionDoc | null> {
    const { blobId, replacementBlobId } = marked;
    if (replacementBlobId === undefined) return Promise.resolve(null);
    return this.#versions.findOneAndUpdate(
      asRead(marked),
      {
        $set: { blobId: replacementBlobId, replacedBlobId: blobId },
        $unset: { replacementBlobId: "" },
      },
      { returnDocument: "after" },
    );
  }

  /** The versions whose former blob is not forgotten yet. */
  listReplaced(): Promise<VersionDoc[]> {
    return this.#versions.find({ replacedBlobId: { $exists: true } }).toArray();
  }

  async forgetReplaced(version: VersionDoc): Promise<void> {
    await this.#versions.updateOne(asRead(version), { $unset: { replacedBlobId: "" } });
  }

  /** The bytes of an account's versions, without those that are not settled yet or released already. */
  async sumBytes(
    ownerId: Id,
    without: { uploadIds: readonly Id[]; versionIds: readonly Id[] },
  ): Promise<UsageChange["bytes"]> {
    const [sum] = await this.#versions
      .aggregate<{ bytes: number }>([
        {
          $match: {
            ownerId,
            uploadId: { $nin: [...without.uploadIds] },
            _id: { $nin: [...without.versionIds] },
          },
        },
        { $group: { _id: null, bytes: { $sum: "$sizeBytes" } } },
      ])
      .toArray();
    return sum?.bytes ?? 0;
  }
}

const confirmationOf = (ownerId: Id, _id: Id): Change<VersionDoc> => ({
  filter: { _id, ownerId, state: "staged" },
  update: { $set: { state: "processing" } },
});

/** Matches the version while it has the blobs that it had when it was read. */
function asRead({ _id, ownerId, blobId, ...marks }: VersionDoc) {
  const { replacementBlobId = null, replacedBlobId = null } = marks;
  return { _id, ownerId, blobId, replacementBlobId, replacedBlobId } as Filter<VersionDoc>;
}
