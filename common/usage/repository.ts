import type { Collection, Db, IndexDescription } from "mongodb";
import type { Entry, FileEntry, FolderEntry } from "../entries/entry.js";
import type { Id } from "../platform/ids.js";
import { upserting } from "../platform/mongo.js";
import type { VersionDoc } from "../versions/version.js";
import type { UsageDoc } from "./usage.js";

export const usageIndexes: readonly IndexDescription[] = [
  {
    key: { requestedAt: 1 },
    partialFilterExpression: { requestedAt: { $exists: true } },
  },
];

/** All folders of an owner, live or not. There are few of them beside the files. */
export const usageEntryIndexes: readonly IndexDescription[] = [
  { key: { ownerId: 1, kind: 1, _id: 1 }, partialFilterExpression: { kind: "folder" } },
];

type Placed = "_id" | "ownerId" | "parentId" | "isTrashed" | "trash";
export type MeasuredFolder = Pick<FolderEntry, Placed>;
export type MeasuredFile = Pick<FileEntry, Placed | "versionId" | "type">;
export type MeasuredVersion = Pick<
  VersionDoc,
  "_id" | "fileId" | "uploadId" | "sizeBytes" | "state"
>;

const PLACED = { ownerId: 1, parentId: 1, isTrashed: 1, trash: 1 } as const;

/** What there is to be measured, and what was. Every query names the owner. */
export class UsageRepository {
  readonly #usages: Collection<UsageDoc>;
  readonly #entries: Collection<Entry>;
  readonly #versions: Collection<VersionDoc>;

  constructor(db: Db) {
    this.#usages = db.collection("usages");
    this.#entries = db.collection("entries");
    this.#versions = db.collection("versions");
  }

  /** Folders in the order of their ids. */
  listFolders(ownerId: Id, after: Id, limit: number): Promise<MeasuredFolder[]> {
    return this.#entries
      .find<MeasuredFolder>(
        { ownerId, kind: "folder", _id: { $gt: after } },
        { projection: PLACED, sort: { _id: 1 }, limit, batchSize: limit },
      )
      .toArray();
  }

  /** Versions in the order of their uploads, of which each has one at most. */
  listVersions(ownerId: Id, after: Id, limit: number): Promise<MeasuredVersion[]> {
    return this.#versions
      .find<MeasuredVersion>(
        { ownerId, uploadId: { $gt: after } },
        {
          projection: { fileId: 1, uploadId: 1, sizeBytes: 1, state: 1 },
          sort: { uploadId: 1 },
          limit,
          batchSize: limit,
        },
      )
      .toArray();
  }

  /** The files among some ids, live or not. */
  listFiles(ownerId: Id, ids: readonly Id[]): Promise<MeasuredFile[]> {
    return this.#entries
      .find<MeasuredFile>(
        { _id: { $in: [...ids] }, ownerId, kind: "file" },
        { projection: { ...PLACED, versionId: 1, type: 1 }, hint: { _id: 1 }, batchSize: 1000 },
      )
      .toArray();
  }

  find(ownerId: Id): Promise<UsageDoc | null> {
    return this.#usages.findOne({ _id: ownerId });
  }

  /** Says that somebody waits for a measurement. A request that is not answered yet keeps its time. */
  async request(ownerId: Id, at: Date): Promise<void> {
    await upserting(() =>
      this.#usages.updateOne(
        { _id: ownerId },
        { $min: { requestedAt: at }, $setOnInsert: { measured: null, running: null } },
        { upsert: true },
      ),
    );
  }

  /** Nothing happens where the account, and this with it, was removed. */
  async keep(ownerId: Id, running: NonNullable<UsageDoc["running"]>): Promise<void> {
    await this.#usages.updateOne({ _id: ownerId }, { $set: { running } });
  }

  /** Ends a measurement, and what was asked for before it began. */
  async finish(ownerId: Id, measured: NonNullable<UsageDoc["measured"]>): Promise<void> {
    await this.#usages.updateOne({ _id: ownerId }, { $set: { measured, running: null } });
    await this.#usages.updateOne(
      { _id: ownerId, requestedAt: { $lte: measured.at } },
      { $unset: { requestedAt: 1 } },
    );
  }

  /** The accounts of which a measurement was asked for before an instant. */
  async listRequested(before: Date, limit: number): Promise<Id[]> {
    const found = await this.#usages
      .find(
        { requestedAt: { $lt: before } },
        { projection: { _id: 1 }, sort: { requestedAt: 1 }, limit, batchSize: limit },
      )
      .toArray();
    return found.map(({ _id }) => _id);
  }
}
