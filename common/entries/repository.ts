import type { Collection, Db, IndexDescription } from "mongodb";
import type { Id } from "../platform/ids.js";
import { documentLoader } from "../platform/batch-loader.js";
import { insertUnlessTaken } from "../platform/mongo.js";
import { change, type Change, insertion, type Write } from "../platform/write.js";
import type { VersionDoc } from "../versions/version.js";
import { type Entry, type FileEntry, type FolderEntry, MAX_DEPTH } from "./entry.js";
import { type EntryName, numberedName } from "./name.js";

const LIVE = { partialFilterExpression: { isTrashed: false } };

/** The unique one holds both kinds. The sort orders begin with the kind, so that each kind is one range of each of them. */
export const entryIndexes: readonly IndexDescription[] = [
  { key: { ownerId: 1, parentId: 1, nameKey: 1 }, unique: true, ...LIVE },
  { key: { ownerId: 1, parentId: 1, kind: 1, nameSort: 1, _id: 1 }, ...LIVE },
  { key: { ownerId: 1, parentId: 1, kind: 1, sizeBytes: 1, _id: 1 }, ...LIVE },
  { key: { ownerId: 1, parentId: 1, kind: 1, createdAt: 1, _id: 1 }, ...LIVE },
  { key: { ownerId: 1, createdByUploadId: 1 } },
  { key: { purgingSince: 1 }, partialFilterExpression: { isTrashed: true } },
];

/** What a file shows of its current version. */
export type ShownVersion = Pick<
  FileEntry,
  "versionId" | "blobId" | "sizeBytes" | "sha256" | "claimedType" | "type" | "state" | "updatedAt"
>;

type OwnedEntry = Pick<Entry, "ownerId" | "_id">;
type FolderKey = Pick<Entry, "ownerId" | "parentId">;

/** Of at most some 4 KiB each. */
const ENTRIES_PER_QUERY = 128;

/** Files and folders in MongoDB. Every query names the owner. */
export class EntriesRepository {
  readonly #entries: Collection<Entry>;
  readonly #files: Collection<FileEntry>;
  readonly #findLive: (entry: OwnedEntry) => Promise<Entry | undefined>;

  constructor(db: Db) {
    const collection = db.collection<Entry>("entries");
    this.#entries = collection;
    this.#files = db.collection("entries");
    this.#findLive = documentLoader<OwnedEntry, Entry>({
      collection,
      queryOf: (keys) => ({
        filter: {
          _id: { $in: keys.map(({ _id }) => _id) },
          $or: keys.map(({ ownerId, _id }) => ({ ownerId, _id })),
          isTrashed: false,
        },
        hint: { _id: 1 },
      }),
      keyOf: ({ ownerId, _id }) => `${ownerId} ${_id}`,
      maxBatchSize: ENTRIES_PER_QUERY,
    });
  }

  /** A file, live or not. */
  findFile(ownerId: Id, fileId: Id): Promise<FileEntry | null> {
    return this.#files.findOne({ _id: fileId, ownerId, kind: "file" });
  }

  async findLive(ownerId: Id, id: Id): Promise<Entry | null> {
    return (await this.#findLive({ ownerId, _id: id })) ?? null;
  }

  async findLiveFile(ownerId: Id, fileId: Id): Promise<FileEntry | null> {
    const entry = await this.findLive(ownerId, fileId);
    return entry?.kind === "file" ? entry : null;
  }

  /** The file or folder that holds a name. */
  findLiveByName({ ownerId, parentId }: FolderKey, nameKey: string): Promise<Entry | null> {
    return this.#entries.findOne({ ownerId, parentId, nameKey, isTrashed: false });
  }

  /** The live folders above an entry, nearest first, without the root. A folder that is not live ends the walk. */
  async foldersAbove({ ownerId, parentId }: FolderKey): Promise<FolderEntry[]> {
    const above: FolderEntry[] = [];
    let next = parentId;
    while (above.length < MAX_DEPTH) {
      const folder = await this.findLive(ownerId, next);
      if (folder?.kind !== "folder") break;
      above.push(folder);
      next = folder.parentId;
    }
    return above;
  }

  /**
   * A numbered name that is free while the one before it is taken: `a (2).txt`. Doubling and halving finds it without trying
   * all numbers.
   */
  async findFreeName(folder: FolderKey, { name }: EntryName): Promise<EntryName> {
    const isTaken = async (number: number) =>
      (await this.findLiveByName(folder, numberedName(name, number).nameKey)) !== null;
    let taken = 1;
    let free = 2;
    while (await isTaken(free)) [taken, free] = [free, free * 2];
    while (free - taken > 1) {
      const middle = Math.floor((taken + free) / 2);
      if (await isTaken(middle)) taken = middle;
      else free = middle;
    }
    return numberedName(name, free);
  }

  /** Resolves to `false` when the name (or the id, by an earlier try) is taken. */
  insert(entry: Entry): Promise<boolean> {
    return insertUnlessTaken<Entry>(this.#entries, entry);
  }

  /** Refused when the name (or the id, by an earlier try) is taken. */
  insertion(entry: Entry): Write {
    return insertion<Entry>(this.#entries, entry);
  }

  /** Compare-and-set: resolves to `null` when somebody else changed or removed the file first. */
  showVersion(
    { _id, ownerId, revision }: FileEntry,
    shown: ShownVersion,
  ): Promise<FileEntry | null> {
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
    found: Pick<FileEntry, "type" | "state">,
  ): Promise<void> {
    await this.#files.updateOne(
      { _id: fileId, ownerId, versionId },
      { $set: found, $inc: { revision: 1 } },
    );
  }

  /** Compare-and-set: from then on no reader sees the file, and its name is free. */
  async markPurging(file: FileEntry, at: Date): Promise<boolean> {
    const { filter, update } = purgeMarkOf(file, at);
    return (await this.#files.updateOne(filter, update)).matchedCount === 1;
  }

  /** {@link markPurging} among other writes. Finds nothing when another request changed or removed the file first. */
  purgeMark(file: FileEntry, at: Date): Write {
    return change(this.#files, purgeMarkOf(file, at));
  }

  findPurging(ownerId: Id, fileId: Id): Promise<FileEntry | null> {
    return this.#files.findOne({ _id: fileId, ownerId, kind: "file", purgingSince: { $ne: null } });
  }

  /** The files whose removal began before an instant and is not done. */
  listPurging(before: Date, limit: number): Promise<FileEntry[]> {
    return this.#files
      .find(
        { isTrashed: true, purgingSince: { $lt: before }, kind: "file" },
        { sort: { purgingSince: 1 }, limit, batchSize: limit },
      )
      .toArray();
  }

  /** How many entries there are, from a counter that MongoDB keeps; after a crash it may be a little off. */
  countAll(): Promise<number> {
    return this.#entries.estimatedDocumentCount();
  }

  /** How many files wait to be purged; counting stops at `most`. */
  countPurging(most: number): Promise<number> {
    return this.#files.countDocuments(
      { isTrashed: true, purgingSince: { $gt: new Date(0) }, kind: "file" },
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

  /** How many files an account has, without those that are not settled yet or released already. */
  countFiles(
    ownerId: Id,
    without: { uploadIds: readonly Id[]; fileIds: readonly Id[] },
  ): Promise<number> {
    return this.#files.countDocuments({
      ownerId,
      kind: "file",
      createdByUploadId: { $nin: [...without.uploadIds] },
      _id: { $nin: [...without.fileIds] },
    });
  }
}

const purgeMarkOf = ({ _id, ownerId, revision }: FileEntry, at: Date): Change<FileEntry> => ({
  filter: { _id, ownerId, revision, isTrashed: false },
  update: { $set: { isTrashed: true, purgingSince: at }, $inc: { revision: 1 } },
});
