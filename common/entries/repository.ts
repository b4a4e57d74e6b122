import type { Collection, Db } from "mongodb";
import type { OutboxEvent } from "../events/event.js";
import { toOutbox } from "../events/outbox.js";
import { OutboxRepository, WITHOUT_EVENTS } from "../events/outbox-repository.js";
import type { Id } from "../platform/ids.js";
import { documentLoader } from "../platform/batch-loader.js";
import { insertUnlessTaken } from "../platform/mongo.js";
import { change, insertion, type Write } from "../platform/write.js";
import type { VersionDoc } from "../versions/version.js";
import { type Entry, type FileEntry, type FolderEntry, MAX_DEPTH } from "./entry.js";
import { entryEvent, inspectionEvent, withCreation } from "./events.js";
import { type EntryName, numberedName } from "./name.js";
import type { InspectionShown, ShownVersion } from "./shown-version.js";
import { type RemovalMark, removalOf } from "./removal-mark.js";

type OwnedEntry = Pick<Entry, "ownerId" | "_id">;
type FolderKey = Pick<Entry, "ownerId" | "parentId">;

/** Of at most some 4 KiB each. */
const ENTRIES_PER_QUERY = 128;

/** Files, folders and mounts in MongoDB. Every query names the owner. */
export class EntriesRepository {
  readonly #entries: Collection<Entry>;
  readonly #files: Collection<FileEntry>;
  readonly #outboxes: OutboxRepository;
  readonly #findLive: (entry: OwnedEntry) => Promise<Entry | undefined>;

  constructor(db: Db) {
    const collection = db.collection<Entry>("entries");
    this.#entries = collection;
    this.#files = db.collection("entries");
    this.#outboxes = new OutboxRepository(db);
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

  /** An entry, live or not. */
  find(ownerId: Id, id: Id): Promise<Entry | null> {
    return this.#entries.findOne({ _id: id, ownerId });
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

  /** The entry that holds a name. */
  findLiveByName({ ownerId, parentId }: FolderKey, nameKey: string): Promise<Entry | null> {
    return this.#entries.findOne({ ownerId, parentId, nameKey, isTrashed: false });
  }

  /**
   * The folders above an entry, nearest first, without the root. What lies directly in the root needs no query.
   *
   * @returns `null` when one of them is not live: then the entry cannot be reached.
   */
  async foldersAbove({ ownerId, parentId }: FolderKey, rootFolderId: Id) {
    const above: FolderEntry[] = [];
    let next = parentId;
    while (next !== rootFolderId) {
      const folder = above.length < MAX_DEPTH ? await this.findLive(ownerId, next) : null;
      if (folder?.kind !== "folder") return null;
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
  insert(entry: Entry, more: readonly OutboxEvent[] = []): Promise<boolean> {
    return insertUnlessTaken<Entry>(this.#entries, withCreation(entry, more));
  }

  /** Refused when the name (or the id, by an earlier try) is taken. */
  insertion(entry: Entry, more: readonly OutboxEvent[] = []): Write {
    return insertion<Entry>(this.#entries, withCreation(entry, more));
  }

  /** Compare-and-set: resolves to `null` when somebody else changed or removed the file first. */
  showVersion(
    { _id, ownerId, revision }: FileEntry,
    shown: ShownVersion,
    events: readonly OutboxEvent[],
  ): Promise<FileEntry | null> {
    return this.#files.findOneAndUpdate(
      { _id, ownerId, revision, isTrashed: false },
      { $set: shown, $push: toOutbox(events), $inc: { revision: 1 } },
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

  /**
   * Copies what an inspection found, unless the file shows another version by now, or what was found already, or is being removed. Whether there are
   * previews is no change of the file: that alone is no event.
   */
  async showInspection(
    { ownerId, fileId, versionId }: { ownerId: Id; fileId: Id; versionId: Id },
    { hasPreview, ...found }: InspectionShown,
  ): Promise<void> {
    const event = inspectionEvent({ ownerId, fileId, versionId }, found);
    const shown = { _id: fileId, ownerId, versionId, purgingSince: null };
    const { matchedCount } = await this.#files.updateOne(
      { ...shown, $nor: [found] },
      { $set: { ...found, hasPreview }, $push: toOutbox(event), $inc: { revision: 1 } },
    );
    if (matchedCount > 0) return;
    await this.#files.updateOne(
      { ...shown, hasPreview: { $ne: hasPreview } },
      { $set: { hasPreview } },
    );
  }

  /** Compare-and-set: from then on no reader sees the entry, its name is free, and it will be removed for good. */
  async markPurging(entry: Entry, at: Date): Promise<boolean> {
    const { filter, update } = removalOf(entry, { purgingSince: at, trash: null });
    return (await this.#entries.updateOne(filter, update)).matchedCount === 1;
  }

  /**
   * Puts an entry into the trash, or begins to remove it for good. Finds nothing when another request changed or removed the entry
   * first.
   */
  removalMark(entry: Entry, mark: RemovalMark): Write {
    return change(this.#entries, removalOf(entry, mark));
  }

  /** Some files of an owner, live or not. */
  listFiles(ownerId: Id, limit: number): Promise<FileEntry[]> {
    const options = { limit, batchSize: limit, hint: { ownerId: 1, createdByUploadId: 1 } };
    return this.#files.find({ ownerId, kind: "file" }, options).toArray();
  }

  findPurging(ownerId: Id, id: Id): Promise<Entry | null> {
    return this.#entries.findOne({ _id: id, ownerId, purgingSince: { $ne: null } });
  }

  /** The entries whose removal began before an instant and is not done. */
  listPurging(before: Date, limit: number): Promise<Entry[]> {
    return this.#entries
      .find(
        { isTrashed: true, purgingSince: { $lt: before } },
        { sort: { purgingSince: 1 }, limit, batchSize: limit },
      )
      .toArray();
  }

  /** How many entries there are, from a counter that MongoDB keeps; after a crash it may be a little off. */
  countAll(): Promise<number> {
    return this.#entries.estimatedDocumentCount();
  }

  /** How many entries wait to be purged; counting stops at `most`. */
  countPurging(most: number): Promise<number> {
    const purging = { isTrashed: true, purgingSince: { $gt: new Date(0) } };
    return this.#entries.countDocuments(purging, { limit: most });
  }

  /** Removes an entry that is marked for it. @returns `false` when it has events that the log does not have, or is gone. */
  async remove(ownerId: Id, id: Id): Promise<boolean> {
    const filter = { _id: id, ownerId, ...WITHOUT_EVENTS };
    return (await this.#entries.deleteOne(filter)).deletedCount === 1;
  }

  /** Takes back a file that a publisher made too late, while it still shows that publisher's version. A purge needs its mark. */
  async removeShowing(file: FileEntry): Promise<void> {
    const { ownerId, _id, versionId } = file;
    // Somebody may have read of it already, and its own events go with it.
    await this.#outboxes.append(ownerId, entryEvent(file, "deleted"));
    await this.#files.deleteOne({ _id, ownerId, versionId, isTrashed: false });
  }

  async isMadeBy(ownerId: Id, uploadId: Id): Promise<boolean> {
    const filter = { ownerId, createdByUploadId: uploadId };
    return (await this.#files.findOne(filter, { projection: { _id: 1 } })) !== null;
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
