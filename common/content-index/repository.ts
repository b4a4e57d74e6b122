import type { Collection, Db, IndexDescription } from "mongodb";
import { upserting } from "../platform/mongo.js";
import type { Id } from "../platform/ids.js";
import type { FileEntry } from "../entries/entry.js";
import type { Terms } from "./terms.js";

/** A document of `contentIndex`: the words of the content of one version. */
export interface IndexedContent {
  /** The id of the version. */
  _id: Id;
  ownerId: Id;
  fileId: Id;
  /** The master key that the terms follow from; `null` where nothing was encrypted. */
  keyId: string | null;
  /** Keyed hashes of words, sorted. */
  terms: string[];
}

export const contentIndexIndexes: readonly IndexDescription[] = [{ key: { terms: 1 } }];

const TERMS = { terms: 1 } as const;

/** A content that was found. */
export type FoundContent = Pick<IndexedContent, "_id" | "fileId">;

/** A document, as far as the sweep looks at it. */
type SweptContent = Omit<IndexedContent, "terms">;

/** A document of `sweeps`: how far a walk through a collection has come. */
interface SweepDoc {
  _id: string;
  after: Id | null;
}

const SWEEP = "contentIndex";

/** The words of contents. Every query that finds something names the owner, who is part of each term, too. */
export class ContentIndexRepository {
  readonly #contents: Collection<IndexedContent>;
  readonly #entries: Collection<FileEntry>;
  readonly #sweeps: Collection<SweepDoc>;

  constructor(db: Db) {
    this.#contents = db.collection("contentIndex");
    this.#entries = db.collection("entries");
    this.#sweeps = db.collection("sweeps");
  }

  /** Stores the words of a version, instead of those that are stored of it. */
  async put({ _id, ...content }: IndexedContent): Promise<void> {
    const { ownerId, ...rest } = content;
    await upserting(() =>
      this.#contents.updateOne({ _id, ownerId }, { $set: rest }, { upsert: true }),
    );
  }

  /** May be repeated. */
  async remove(ownerId: Id, versionId: Id): Promise<void> {
    await this.#contents.deleteOne({ _id: versionId, ownerId });
  }

  /**
   * About how many versions have a term; counting stops at `most`. The owner is in the hash of the term. So this needs the index alone: no document is
   * read, and nothing is told but how many there are.
   */
  count(term: string, most: number): Promise<number> {
    return this.#contents.countDocuments({ terms: term }, { limit: most, hint: TERMS });
  }

  /** The versions of an owner that have all terms. @param rarest - One of them: those that have it are read. */
  find(ownerId: Id, { keyId, terms }: Terms, rarest: string): Promise<FoundContent[]> {
    const others = terms.filter((term) => term !== rarest).map((term) => ({ terms: term }));
    return this.#contents
      .find<FoundContent>(
        // Of an index over arrays, the first condition decides how much of it is read.
        { $and: [{ terms: rarest }, { ownerId, keyId }, ...others] },
        { projection: { fileId: 1 }, hint: TERMS },
      )
      .toArray();
  }

  /** Those of some versions that have all terms, under one of the keys. */
  async listHaving(
    ownerId: Id,
    versionIds: readonly Id[],
    queries: readonly Terms[],
  ): Promise<ReadonlySet<Id>> {
    const any = queries.map(({ keyId, terms }) => ({ keyId, terms: { $all: [...terms] } }));
    const found = await this.#contents
      .find(
        { _id: { $in: [...versionIds] }, ownerId, $or: any },
        { projection: { _id: 1 }, hint: { _id: 1 } },
      )
      .toArray();
    return new Set(found.map(({ _id }) => _id));
  }

  /** The documents that come next in a walk through all; none at its end. */
  async listNext(limit: number): Promise<SweptContent[]> {
    const after = (await this.#sweeps.findOne({ _id: SWEEP }))?.after ?? null;
    return this.#contents
      .find<SweptContent>(after === null ? {} : { _id: { $gt: after } }, {
        sort: { _id: 1 },
        limit,
        batchSize: limit,
        projection: { ownerId: 1, fileId: 1, keyId: 1 },
      })
      .toArray();
  }

  /** Where the walk continues. @param after - `null`: from the beginning. */
  async keepPosition(after: Id | null): Promise<void> {
    await upserting(() =>
      this.#sweeps.updateOne({ _id: SWEEP }, { $set: { after } }, { upsert: true }),
    );
  }

  /** Which of some contents a file shows, also one in the trash. */
  async listShown(contents: readonly SweptContent[]): Promise<ReadonlySet<Id>> {
    const ownerIds = [...new Set(contents.map(({ ownerId }) => ownerId))];
    const fileIds = contents.map(({ fileId }) => fileId);
    const files = await this.#entries
      .find(
        { _id: { $in: fileIds }, ownerId: { $in: ownerIds } },
        { projection: { versionId: 1 }, hint: { _id: 1 } },
      )
      .toArray();
    return new Set(files.map(({ versionId }) => versionId));
  }
}
