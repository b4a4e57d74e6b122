import type { Collection, Db, IndexDescription } from "mongodb";
import type { ClientTrace } from "../credentials/credential.js";
import type { WithOutbox } from "../events/event.js";
import type { Id } from "../platform/ids.js";
import { insertUnlessTaken } from "../platform/mongo.js";
import { pageNewestFirst } from "../platform/newest-first.js";
import { useEvent } from "./events.js";

/** What was done by a link. */
export type UseKind = "download" | "upload";

/** A document of `linkUses`: one download or upload, from its first byte on. */
export interface LinkUseDoc extends WithOutbox {
  readonly _id: Id;
  readonly linkId: Id;
  readonly ownerId: Id;
  readonly kind: UseKind;
  readonly startedAt: Date;
  /** When its last request ended; `startedAt` until then. */
  readonly lastAt: Date;
  /** From where, and with which program. */
  readonly client: ClientTrace;
  /** By what a client without cookies is known, at this link alone; missing where nothing goes on. */
  readonly source?: string;
  /** The file, or the folder of which all was downloaded. */
  readonly entryId: Id;
  readonly name: string;
  /** What a resumption has to name, too; `null` for what never goes on. */
  readonly etag: string | null;
  /** How large it is; `null` where nobody knew. */
  readonly sizeBytes: number | null;
  /** How much was sent or received, ranges that overlap more than once. */
  readonly bytes: number;
  /** How much requests that run may still send. What a crash leaves goes with the use. Missing: nothing. */
  readonly reservedBytes?: number;
  /** Nothing was sent, and its place was given back: it cannot be resumed. */
  readonly isGivenBack?: true;
  readonly isComplete: boolean;
  readonly expiresAt: Date;
}

export const linkUseIndexes: readonly IndexDescription[] = [
  { key: { ownerId: 1, linkId: 1, startedAt: -1, _id: -1 } },
  // A client's downloads that may go on.
  {
    key: { ownerId: 1, linkId: 1, source: 1, lastAt: -1 },
    partialFilterExpression: { source: { $exists: true } },
  },
  { key: { expiresAt: 1 }, expireAfterSeconds: 0 },
];

/** A client goes on with few downloads at once. */
const MOST_RUNNING = 20;

/** Whether at least half of what is downloaded was sent, all requests together. */
export const isCounted = ({ isComplete, sizeBytes, bytes }: LinkUseDoc) =>
  isComplete || (sizeBytes !== null && sizeBytes > 0 && 2 * bytes >= sizeBytes);

/** What became of one request. */
interface SentByRequest {
  readonly bytes: number;
  /** What it had reserved. Default: nothing. */
  readonly reservedBytes?: number;
  readonly isWhole: boolean;
  readonly at: Date;
}

/** Whose log is meant. */
type UsedLink = Pick<LinkUseDoc, "ownerId" | "linkId">;

/** Who used links. */
export class LinkUsesRepository {
  readonly #uses: Collection<LinkUseDoc>;

  constructor(db: Db) {
    this.#uses = db.collection("linkUses");
  }

  async insert(use: LinkUseDoc): Promise<void> {
    const outbox = [useEvent(use)];
    await insertUnlessTaken<LinkUseDoc>(this.#uses, { ...use, outbox });
  }

  find({ ownerId, linkId }: UsedLink, useId: Id): Promise<LinkUseDoc | null> {
    return this.#uses.findOne({ _id: useId, ownerId, linkId });
  }

  /** The latest download of this content by this client that was active since an instant. */
  findLatest(
    { ownerId, linkId }: UsedLink,
    { client, etag, since }: Pick<LinkUseDoc, "client" | "etag"> & { readonly since: Date },
  ): Promise<LinkUseDoc | null> {
    const { addressPrefix, userAgent } = client;
    return this.#uses.findOne(
      {
        ...{ ownerId, linkId, kind: "download", etag, lastAt: { $gte: since } },
        ...{ "client.addressPrefix": addressPrefix, "client.userAgent": userAgent },
      },
      { sort: { startedAt: -1 } },
    );
  }

  /**
   * Reserves what one request may send, before its first byte. `false` when more than `most` would be sent, all requests of the use together, and when
   * its place was given back.
   */
  async reserve(
    { _id, ownerId }: Pick<LinkUseDoc, "_id" | "ownerId">,
    { bytes, most, at }: { readonly bytes: number; readonly most: number; readonly at: Date },
  ): Promise<boolean> {
    const taken = { $add: ["$bytes", { $ifNull: ["$reservedBytes", 0] }] };
    const reserved = await this.#uses.updateOne(
      { _id, ownerId, isGivenBack: { $exists: false }, $expr: { $lte: [taken, most - bytes] } },
      { $inc: { reservedBytes: bytes }, $set: { lastAt: at } },
    );
    return reserved.matchedCount === 1;
  }

  /** Ends a use of which nothing was sent, and nothing is on its way. `false` where something is. */
  async giveBack({ _id, ownerId }: Pick<LinkUseDoc, "_id" | "ownerId">): Promise<boolean> {
    const ended = await this.#uses.updateOne(
      { _id, ownerId, bytes: 0, reservedBytes: { $not: { $gt: 0 } } },
      { $set: { isGivenBack: true } },
    );
    return ended.matchedCount === 1;
  }

  /** Adds what one request has sent, and gives back what it had reserved. A use is complete when all bytes were sent. `null` when it is gone. */
  async addSent(
    { _id, ownerId, sizeBytes }: Pick<LinkUseDoc, "_id" | "ownerId" | "sizeBytes">,
    { bytes, reservedBytes = 0, ...sent }: SentByRequest,
  ): Promise<LinkUseDoc | null> {
    const options = { returnDocument: "after" } as const;
    const reserved = reservedBytes > 0 && { reservedBytes: -reservedBytes };
    const update = { $inc: { bytes, ...reserved }, $set: { lastAt: sent.at } };
    const use = await this.#uses.findOneAndUpdate({ _id, ownerId }, update, options);
    if (use === null || !sent.isWhole || use.bytes < (sizeBytes ?? 0)) return use;
    return this.#uses.findOneAndUpdate({ _id, ownerId }, { $set: { isComplete: true } }, options);
  }

  /** Says that a use is active. */
  async touch({ _id, ownerId }: Pick<LinkUseDoc, "_id" | "ownerId">, at: Date): Promise<void> {
    await this.#uses.updateOne({ _id, ownerId }, { $set: { lastAt: at } });
  }

  /** The downloads of a client that were active since an instant, the latest first; at most 20. */
  listRunning(
    { ownerId, linkId }: UsedLink,
    {
      ids,
      source,
      since,
    }: { readonly ids: readonly Id[]; readonly source: string; readonly since: Date },
  ): Promise<LinkUseDoc[]> {
    const options = { sort: { lastAt: -1 }, limit: MOST_RUNNING, batchSize: MOST_RUNNING } as const;
    const client = { $or: [{ _id: { $in: [...ids] } }, { source }] };
    const filter = {
      ownerId,
      linkId,
      kind: "download",
      lastAt: { $gt: since },
      ...client,
    } as const;
    return this.#uses.find(filter, options).toArray();
  }

  /** The uses of a link, the latest first. @throws InvalidCursorError */
  page(
    { ownerId, linkId }: UsedLink,
    { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
  ) {
    const list = ["linkUses", linkId];
    const filter = { ownerId, linkId };
    return pageNewestFirst(this.#uses, [filter], { field: "startedAt", list, limit, cursor });
  }
}
