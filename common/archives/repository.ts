import type { Collection, Db, Filter, IndexDescription } from "mongodb";
import type { Id } from "../platform/ids.js";
import { insertUnlessTaken } from "../platform/mongo.js";
import type {
  ArchiveDoc,
  ArchiveKind,
  ArchivePageDoc,
  ArchiveState,
  StoredExtent,
  StoredMember,
  TextKey,
} from "./archive.js";
import { bytesOf } from "./stored-members.js";

export const archiveIndexes: Readonly<Record<string, readonly IndexDescription[]>> = {
  archives: [
    { key: { ownerId: 1, expiresAt: 1 } },
    { key: { expiresAt: 1 } },
    { key: { otherOwnerIds: 1 }, sparse: true },
    { key: { createdAt: 1 }, partialFilterExpression: { state: "preparing" } },
  ],
  archivePages: [
    { key: { archiveId: 1, n: 1 }, unique: true },
    { key: { archiveId: 1, "before.zip.bodyBytes": 1 } },
    { key: { archiveId: 1, "before.zip.directoryBytes": 1 } },
    { key: { archiveId: 1, "before.tar.bodyBytes": 1 } },
  ],
};

/** Whose archive is meant, and by whom. */
export interface ArchiveKey {
  readonly ownerId: Id;
  readonly archiveId: Id;
  /** The folder that the credential may not leave; `null` for none. */
  readonly rootFolderId: Id | null;
  /** Whether the credential may read all of the account: only then it finds exports. */
  readonly reachesAccount: boolean;
}

type Owned = Pick<ArchiveDoc, "_id" | "ownerId">;

/** Archives and their pages. Every query of a request names the owner. */
export class ArchivesRepository {
  readonly #archives: Collection<ArchiveDoc>;
  readonly #pages: Collection<ArchivePageDoc>;

  constructor(db: Db) {
    this.#archives = db.collection("archives");
    this.#pages = db.collection("archivePages");
  }

  async insert(archive: ArchiveDoc): Promise<void> {
    await insertUnlessTaken<ArchiveDoc>(this.#archives, archive);
  }

  /** One that has not ended. A credential with a root folder finds what was made with that root folder. */
  find(
    { ownerId, archiveId, rootFolderId, reachesAccount }: ArchiveKey,
    now: Date,
  ): Promise<ArchiveDoc | null> {
    return this.#archives.findOne({
      _id: archiveId,
      ownerId,
      ...(rootFolderId !== null && { rootFolderId }),
      ...(!reachesAccount && { isExport: { $exists: false } }),
      state: { $ne: "ending" },
      expiresAt: { $gt: now },
    });
  }

  /** How many archives an actor has made for an owner that have not ended; counting stops at `most`. */
  count(
    { ownerId, actorId }: Pick<ArchiveDoc, "ownerId" | "actorId">,
    now: Date,
    most: number,
  ): Promise<number> {
    const living: Filter<ArchiveDoc> = { ownerId, actorId, expiresAt: { $gt: now } };
    return this.#archives.countDocuments(living, { limit: most });
  }

  /** One that is being prepared; `null` when it is ready, has failed or has ended. */
  findPreparing({ _id, ownerId }: Owned): Promise<ArchiveDoc | null> {
    return this.#archives.findOne({ _id, ownerId, state: "preparing" });
  }

  /** `undefined` when it is gone. */
  async findState({ _id, ownerId }: Owned): Promise<ArchiveState | undefined> {
    const options = { projection: { state: 1 } };
    return (await this.#archives.findOne({ _id, ownerId }, options))?.state;
  }

  /** Compare-and-set: `false` when it is not being prepared any more. */
  async finish(
    { _id, ownerId }: Owned,
    outcome: Pick<ArchiveDoc, "extent"> & { readonly state: "ready" | "failed" },
  ): Promise<boolean> {
    const filter = { _id, ownerId, state: "preparing" as const };
    return (await this.#archives.updateOne(filter, { $set: outcome })).matchedCount === 1;
  }

  /** From then on no reader finds it, and nobody prepares it. May be repeated. */
  async end({ _id, ownerId }: Owned, at: Date): Promise<void> {
    await this.#archives.updateOne(
      { _id, ownerId },
      { $set: { state: "ending" }, $min: { expiresAt: at } },
    );
  }

  /** Compare-and-set: one more or one fewer reads it, and it expires no sooner than `expiresAt`. `false` when it has ended. */
  async read(
    { _id, ownerId }: Owned,
    { readers, expiresAt }: Pick<ArchiveDoc, "expiresAt"> & { readonly readers: -1 | 0 | 1 },
  ): Promise<boolean> {
    const filter = { _id, ownerId, state: "ready" as const };
    const update = { $inc: { readers }, $max: { expiresAt } };
    return (await this.#archives.updateOne(filter, update)).matchedCount === 1;
  }

  /** Ends the archive of a link that nobody has read for the longest time. `false` when all are being made or read. */
  async endIdle(
    { ownerId, actorId }: Pick<ArchiveDoc, "ownerId" | "actorId">,
    now: Date,
  ): Promise<boolean> {
    const living: Filter<ArchiveDoc> = { ownerId, actorId, expiresAt: { $gt: now } };
    const idle: Filter<ArchiveDoc> = {
      ...living,
      state: { $in: ["ready", "failed"] },
      readers: { $not: { $gt: 0 } },
    };
    const ended = await this.#archives.findOneAndUpdate(
      idle,
      { $set: { state: "ending", expiresAt: now } },
      { sort: { expiresAt: 1 }, projection: { _id: 1 } },
    );
    return ended !== null;
  }

  /** Those whose preparation began before an instant and is not done. */
  listPreparing(before: Date, limit: number): Promise<ArchiveDoc[]> {
    return this.#archives
      .find(
        { state: "preparing", createdAt: { $lt: before } },
        { sort: { createdAt: 1 }, limit, batchSize: limit },
      )
      .toArray();
  }

  /** Those that have expired, and those that were ended. */
  listExpired(now: Date, limit: number): Promise<ArchiveDoc[]> {
    const options = { sort: { expiresAt: 1 }, limit, batchSize: limit } as const;
    return this.#archives.find({ expiresAt: { $lte: now } }, options).toArray();
  }

  listOwned(ownerId: Id, limit: number): Promise<ArchiveDoc[]> {
    return this.#archives.find({ ownerId }, { limit, batchSize: limit }).toArray();
  }

  /** Archives of other accounts that have something of an account. */
  listElsewhere(accountId: Id, limit: number): Promise<ArchiveDoc[]> {
    const options = { limit, batchSize: limit };
    return this.#archives.find({ otherOwnerIds: accountId }, options).toArray();
  }

  async remove({ _id, ownerId }: Owned): Promise<void> {
    await this.#archives.deleteOne({ _id, ownerId });
  }

  /** Resolves to `false` when another process has inserted the page. */
  insertPage(page: ArchivePageDoc): Promise<boolean> {
    return insertUnlessTaken<ArchivePageDoc>(this.#pages, page);
  }

  /** The page that was inserted last, with exact lengths. */
  findLastPage({ _id: archiveId, ownerId }: Owned): Promise<ArchivePageDoc | null> {
    const options = { sort: { n: -1 }, promoteLongs: false } as const;
    return this.#pages.findOne({ archiveId, ownerId }, options);
  }

  /** A page without its texts. */
  findPage({ _id: archiveId, ownerId }: Owned, n: number): Promise<ArchivePageDoc | null> {
    return this.#pages.findOne({ archiveId, ownerId, n }, { projection: { texts: 0 } });
  }

  /** A page with its texts. */
  findWholePage({ _id: archiveId, ownerId }: Owned, n: number): Promise<ArchivePageDoc | null> {
    return this.#pages.findOne({ archiveId, ownerId, n });
  }

  /** How long a text is in the pages before a page, in bytes. `undefined` when the page is gone. */
  async findTextStart(
    { _id: archiveId, ownerId }: Owned,
    n: number,
    key: TextKey,
  ): Promise<number | undefined> {
    const projection = { [`before.texts.${key}`]: 1 };
    const page = await this.#pages.findOne({ archiveId, ownerId, n }, { projection });
    return page === null ? undefined : Number(page.before?.texts?.[key]?.sizeBytes ?? 0);
  }

  /** The part of a text that a page has: empty for none. `undefined` when the page is gone. */
  async findTextPart(
    { _id: archiveId, ownerId }: Owned,
    n: number,
    key: TextKey,
  ): Promise<Buffer | undefined> {
    const projection = { [`texts.${key}`]: 1 };
    const page = await this.#pages.findOne({ archiveId, ownerId, n }, { projection });
    if (page === null) return undefined;
    const part = page.texts?.[key];
    return part === undefined ? Buffer.alloc(0) : bytesOf(part);
  }

  /** The last page that begins at or before a byte of the bodies or of the directory. */
  findPageAt(
    { _id: archiveId, ownerId }: Owned,
    { kind, part, at }: { kind: ArchiveKind; part: "bodyBytes" | "directoryBytes"; at: number },
  ): Promise<ArchivePageDoc | null> {
    const field = `before.${kind}.${part}`;
    return this.#pages.findOne(
      { archiveId, ownerId, [field]: { $lte: at } },
      { sort: { [field]: -1 }, projection: { texts: 0 } },
    );
  }

  /** The archive holds the blobs of a page. `false` when the page is gone, or another process has come first. */
  async holdPage(
    { _id, ownerId }: ArchivePageDoc,
    held: { readonly members: StoredMember[]; readonly before: StoredExtent },
  ): Promise<boolean> {
    const filter = { _id, ownerId, before: null };
    return (await this.#pages.updateOne(filter, { $set: held })).matchedCount === 1;
  }

  /** Some page of an archive; `null` when none is left. */
  findAnyPage({ _id: archiveId, ownerId }: Owned): Promise<ArchivePageDoc | null> {
    return this.#pages.findOne({ archiveId, ownerId }, { projection: { texts: 0 } });
  }

  async removePage({ _id, ownerId }: ArchivePageDoc): Promise<void> {
    await this.#pages.deleteOne({ _id, ownerId });
  }
}
