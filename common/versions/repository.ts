import type { Collection, Db, Filter, IndexDescription } from "mongodb";
import type { Id } from "../platform/ids.js";
import { upserting } from "../platform/mongo.js";
import { change, type Change, insertion, type Write } from "../platform/write.js";
import type { UsageChange } from "../quota/repository.js";
import { versionHistoryIndexes } from "./history-repository.js";
import type { ShowingFile, VersionDoc } from "./version.js";

export const versionIndexes: readonly IndexDescription[] = [
  ...versionHistoryIndexes,
  { key: { ownerId: 1, uploadId: 1 } },
  { key: { blobId: 1 } },
  {
    key: { replacementBlobId: 1 },
    partialFilterExpression: { replacementBlobId: { $exists: true } },
  },
  {
    key: { "pipeline.dueAt": 1 },
    partialFilterExpression: { "pipeline.dueAt": { $exists: true } },
  },
  { key: { "pipeline.seenVersion": 1 } },
  {
    key: { scannedWith: 1 },
    partialFilterExpression: { scannedWith: { $exists: true } },
  },
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

  /** The versions that have a blob as their content, staged ones among them. */
  async listIdsByBlob(blobId: VersionDoc["blobId"]): Promise<Id[]> {
    const found = await this.#versions.find({ blobId }, { projection: { _id: 1 } }).toArray();
    return found.map(({ _id }) => _id);
  }

  listByBlobs(blobIds: readonly VersionDoc["blobId"][]): Promise<VersionDoc[]> {
    return this.#versions.find({ blobId: { $in: [...blobIds] } }).toArray();
  }

  /** Those of some versions that are not ready. */
  listUnready(ownerIds: readonly Id[], versionIds: readonly Id[]): Promise<VersionDoc[]> {
    const _id = { $in: [...versionIds] };
    return this.#versions
      .find({ _id, ownerId: { $in: [...ownerIds] }, state: { $ne: "ready" } })
      .toArray();
  }

  /** The first blob after another that a version names, in the order of ids; `null` after the last. */
  async nextBlobId(after: VersionDoc["blobId"] | null): Promise<VersionDoc["blobId"] | null> {
    const version = await this.#versions.findOne(after === null ? {} : { blobId: { $gt: after } }, {
      sort: { blobId: 1 },
      projection: { blobId: 1 },
    });
    return version?.blobId ?? null;
  }

  /** Some of what may be removed with a file: versions that are only staged belong to an upload still. */
  listPublished(ownerId: Id, fileId: Id, limit: number): Promise<VersionDoc[]> {
    return this.#versions
      .find({ ownerId, fileId, state: { $ne: "staged" } }, { limit, batchSize: limit })
      .toArray();
  }

  /** Refused when an earlier try inserted it. */
  insertion(version: VersionDoc): Write {
    return insertion(this.#versions, version);
  }

  /** Inserts a staged version, or leaves the one that an earlier try inserted, and resolves to it. */
  async stage(version: VersionDoc): Promise<VersionDoc> {
    const { _id, ownerId, ...rest } = version;
    const staged = await upserting(() =>
      this.#versions.findOneAndUpdate(
        { _id, ownerId },
        { $setOnInsert: rest },
        { upsert: true, returnDocument: "after" },
      ),
    );
    return staged ?? version;
  }

  /** Whether no file has shown a version yet, as far as anybody has confirmed. */
  async isStaged({ ownerId, _id }: VersionDoc): Promise<boolean> {
    return (await this.find(ownerId, _id))?.state === "staged";
  }

  /** Records which file shows a version. This comes before the version is replaced or removed. */
  async confirm(file: ShowingFile): Promise<void> {
    const { filter, update } = confirmationOf(file);
    await this.#versions.updateOne(filter, update);
  }

  /** {@link confirm} among other writes. Finds nothing when it was done before, or the version is gone. */
  confirmation(file: ShowingFile): Write {
    return change(this.#versions, confirmationOf(file));
  }

  async removeStaged(ownerId: Id, versionId: Id): Promise<void> {
    await this.#versions.deleteOne({ _id: versionId, ownerId, state: "staged" });
  }

  /** The version that a blob is to become the content of, when its copy is complete. */
  findByReplacement(blobId: VersionDoc["blobId"]): Promise<VersionDoc | null> {
    return this.#versions.findOne({ replacementBlobId: blobId });
  }

  /** In this order: a replacement becomes the version's blob, never the other way round. */
  async isBlobExpected(blobId: VersionDoc["blobId"]): Promise<boolean> {
    return (
      (await this.findByReplacement(blobId)) !== null || (await this.findByBlob(blobId)) !== null
    );
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

/**
 * The file shows a new version as `processing`, and a copy as its source was. The upload has named the file that it would make. Publishers that cross may show the version in another one: only here it is known
 * in which.
 */
const confirmationOf = ({
  _id: fileId,
  ownerId,
  versionId,
  state,
}: ShowingFile): Change<VersionDoc> => ({
  filter: { _id: versionId, ownerId, state: "staged" },
  update: { $set: { state, fileId } },
});

/** Matches the version while it has the blobs that it had when it was read. */
export function asRead({ _id, ownerId, blobId, ...marks }: VersionDoc) {
  const { replacementBlobId = null, replacedBlobId = null } = marks;
  return { _id, ownerId, blobId, replacementBlobId, replacedBlobId } as Filter<VersionDoc>;
}
