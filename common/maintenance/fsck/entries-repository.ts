import type { Collection, Db } from "mongodb";
import { accountCollection, type AccountDoc } from "../../accounts/account.js";
import type { Entry, FileEntry } from "../../entries/entry.js";
import type { Id } from "../../platform/ids.js";
import type { VersionDoc } from "../../versions/version.js";

/** What a file shows of its version, and what must be the same in both. */
export type ShownContent = Pick<FileEntry, "blobId" | "sizeBytes" | "sha256" | "crc32">;

/** Reads entries and versions of all accounts, in the order of their ids. */
export class FsckEntriesRepository {
  readonly #accounts: Collection<AccountDoc>;
  readonly #entries: Collection<Entry>;
  readonly #files: Collection<FileEntry>;
  readonly #versions: Collection<VersionDoc>;

  constructor(db: Db) {
    this.#accounts = accountCollection(db);
    this.#entries = db.collection("entries");
    this.#files = db.collection("entries");
    this.#versions = db.collection("versions");
  }

  /** From counters that MongoDB keeps. */
  countEntries(): Promise<number> {
    return this.#entries.estimatedDocumentCount();
  }

  countVersions(): Promise<number> {
    return this.#versions.estimatedDocumentCount();
  }

  entryIdsAfter(after: Id | null, limit: number): Promise<Id[]> {
    return idsAfter(this.#entries, after, limit);
  }

  versionIdsAfter(after: Id | null, limit: number): Promise<Id[]> {
    return idsAfter(this.#versions, after, limit);
  }

  findEntry(id: Id): Promise<Entry | null> {
    return this.#entries.findOne({ _id: id });
  }

  findVersion(id: Id): Promise<VersionDoc | null> {
    return this.#versions.findOne({ _id: id });
  }

  /** The entry, if it is in the namespace of this account. */
  findEntryOf(ownerId: Id, id: Id): Promise<Entry | null> {
    return this.#entries.findOne({ _id: id, ownerId });
  }

  findVersionOf(ownerId: Id, id: Id): Promise<VersionDoc | null> {
    return this.#versions.findOne({ _id: id, ownerId });
  }

  /** The latest version of a file that is published, and is not being removed. */
  findLatest(ownerId: Id, fileId: Id): Promise<VersionDoc | null> {
    return this.#versions.findOne(
      { ownerId, fileId, state: { $ne: "staged" }, purgingSince: { $exists: false } },
      { sort: { createdAt: -1, _id: -1 } },
    );
  }

  /** The folder that is the top of an account's namespace; `null` where there is no such account. */
  async findRoot(ownerId: Id): Promise<Id | null> {
    const projection = { rootFolderId: 1 } as const;
    const account = await this.#accounts.findOne({ _id: ownerId }, { projection });
    return account?.rootFolderId ?? null;
  }

  /** Compare-and-set: `false` when somebody else changed the file first. */
  async showContent(
    { _id, ownerId, revision, versionId }: FileEntry,
    content: ShownContent,
  ): Promise<boolean> {
    const { matchedCount } = await this.#files.updateOne(
      { _id, ownerId, revision, versionId },
      { $set: content, $inc: { revision: 1 } },
    );
    return matchedCount === 1;
  }
}

async function idsAfter<D extends { _id: Id }>(
  collection: Collection<D>,
  after: Id | null,
  limit: number,
): Promise<Id[]> {
  const documents = collection as unknown as Collection<{ _id: Id }>;
  const found = await documents
    .find(after === null ? {} : { _id: { $gt: after } }, {
      sort: { _id: 1 },
      projection: { _id: 1 },
      limit,
      batchSize: limit,
    })
    .toArray();
  return found.map(({ _id }) => _id);
}
