import type { Collection, Db, IndexDescription, WithId } from "mongodb";
import type { Id } from "../platform/ids.js";
import { batchedFind } from "../platform/batched-find.js";
import { insertUnlessTaken } from "../platform/mongo.js";
import { insertion, type Write } from "../platform/write.js";
import type { VersionDoc } from "../versions/version.js";
import type { FileDoc } from "./file.js";

const LIVE = { partialFilterExpression: { isTrashed: false } };

export const fileIndexes: readonly IndexDescription[] = [
  { key: { ownerId: 1, folderId: 1, nameKey: 1 }, unique: true, ...LIVE },
  { key: { ownerId: 1, folderId: 1, nameSort: 1, _id: 1 }, ...LIVE },
  { key: { ownerId: 1, folderId: 1, sizeBytes: 1, _id: 1 }, ...LIVE },
  { key: { ownerId: 1, folderId: 1, createdAt: 1, _id: 1 }, ...LIVE },
  { key: { ownerId: 1, createdByUploadId: 1 } },
  { key: { purgingSince: 1 }, partialFilterExpression: { isTrashed: true } },
];

/** What a file shows of its current version. */
export type ShownVersion = Pick<
  FileDoc,
  "versionId" | "blobId" | "sizeBytes" | "sha256" | "claimedType" | "type" | "state" | "updatedAt"
>;

type OwnedFile = Pick<FileDoc, "ownerId" | "_id">;

/** Of at most some 4 KiB each. */
const FILES_PER_LOOK = 128;

export class FilesRepository {
  readonly #files: Collection<FileDoc>;
  readonly #findLive: (file: OwnedFile) => Promise<FileDoc | undefined>;

  constructor(db: Db) {
    const collection = db.collection<FileDoc>("files");
    this.#files = collection;
    this.#findLive = batchedFind<OwnedFile, FileDoc>({
      collection,
      queryOf: (asked) => ({
        filter: {
          _id: { $in: asked.map(({ _id }) => _id) },
          $or: asked.map(({ ownerId, _id }) => ({ ownerId, _id })),
          isTrashed: false,
        },
        hint: { _id: 1 },
      }),
      keyOf: ({ ownerId, _id }) => `${ownerId} ${_id}`,
      most: FILES_PER_LOOK,
    });
  }

  find(ownerId: Id, fileId: Id): Promise<WithId<FileDoc> | null> {
    return this.#files.findOne({ _id: fileId, ownerId });
  }

  async findLive(ownerId: Id, fileId: Id): Promise<FileDoc | null> {
    return (await this.#findLive({ ownerId, _id: fileId })) ?? null;
  }

  findLiveByName(
    { ownerId, folderId }: Pick<FileDoc, "ownerId" | "folderId">,
    nameKey: string,
  ): Promise<WithId<FileDoc> | null> {
    return this.#files.findOne({ ownerId, folderId, nameKey, isTrashed: false });
  }

  /** Resolves to `false` when the name (or the id, by an earlier try) is taken. */
  insert(file: FileDoc): Promise<boolean> {
    return insertUnlessTaken(this.#files, file);
  }

  /** Refused when the name (or the id, by an earlier try) is taken. */
  insertion(file: FileDoc): Write {
    return insertion(this.#files, file);
  }

  /** Compare-and-set: resolves to `null` when somebody else changed or removed the file first. */
  showVersion({ _id, ownerId, revision }: FileDoc, shown: ShownVersion): Promise<FileDoc | null> {
    return this.#files.findOneAndUpdate(
      { _id, ownerId, revision, isTrashed: false },
      { $set: shown, $inc: { revision: 1 } },
      { returnDocument: "after" },
    );
  }

  /** Follows a version to the copy of its blob, unless the file shows another version by now. */
  async showCopy({ ownerId, fileId, _id, blobId, replacedBlobId }: VersionDoc): Promise<void> {
    if (replacedBlobId === undefined) return;
    await this.#files.updateOne(
      { _id: fileId, ownerId, versionId: _id, blobId: replacedBlobId },
      { $set: { blobId }, $inc: { revision: 1 } },
    );
  }

  /** Copies what an inspection found, unless the file shows another version by now. */
  async showInspection(
    { ownerId, fileId, versionId }: { ownerId: Id; fileId: Id; versionId: Id },
    found: Pick<FileDoc, "type" | "state">,
  ): Promise<void> {
    await this.#files.updateOne(
      { _id: fileId, ownerId, versionId },
      { $set: found, $inc: { revision: 1 } },
    );
  }

  /** Compare-and-set: from then on no reader sees the file, and its name is free. */
  async markPurging({ _id, ownerId, revision }: FileDoc, at: Date): Promise<boolean> {
    const { matchedCount } = await this.#files.updateOne(
      { _id, ownerId, revision, isTrashed: false },
      { $set: { isTrashed: true, purgingSince: at }, $inc: { revision: 1 } },
    );
    return matchedCount === 1;
  }

  findPurging(ownerId: Id, fileId: Id): Promise<WithId<FileDoc> | null> {
    return this.#files.findOne({ _id: fileId, ownerId, purgingSince: { $ne: null } });
  }

  /** The files whose removal began before an instant and is not done. */
  listPurging(before: Date, limit: number): Promise<WithId<FileDoc>[]> {
    return this.#files
      .find(
        { isTrashed: true, purgingSince: { $lt: before } },
        { sort: { purgingSince: 1 }, limit, batchSize: limit },
      )
      .toArray();
  }

  /** How many files there are, from a counter that MongoDB keeps; after a crash it may be a little off. */
  countAll(): Promise<number> {
    return this.#files.estimatedDocumentCount();
  }

  /** How many files wait to be purged; counting stops at `most`. */
  countPurging(most: number): Promise<number> {
    return this.#files.countDocuments(
      { isTrashed: true, purgingSince: { $gt: new Date(0) } },
      { limit: most },
    );
  }

  async remove(ownerId: Id, fileId: Id): Promise<void> {
    await this.#files.deleteOne({ _id: fileId, ownerId });
  }

  /** Takes back a file that a publisher made too late, while it still shows that publisher's version. A purge needs its mark. */
  async removeShowing(ownerId: Id, fileId: Id, versionId: Id): Promise<void> {
    await this.#files.deleteOne({ _id: fileId, ownerId, versionId, isTrashed: false });
  }

  isMadeBy(ownerId: Id, uploadId: Id): Promise<boolean> {
    return this.#files
      .findOne({ ownerId, createdByUploadId: uploadId }, { projection: { _id: 1 } })
      .then((file) => file !== null);
  }

  /** The files of an account, without those that are not settled yet or released already. */
  count(
    ownerId: Id,
    without: { uploadIds: readonly Id[]; fileIds: readonly Id[] },
  ): Promise<number> {
    return this.#files.countDocuments({
      ownerId,
      createdByUploadId: { $nin: [...without.uploadIds] },
      _id: { $nin: [...without.fileIds] },
    });
  }
}
