import type { Collection, Db, Filter, IndexDescription, UpdateFilter } from "mongodb";
import type { Page } from "../platform/cursor.js";
import type { Id } from "../platform/ids.js";
import { pageNewestFirst } from "../platform/newest-first.js";
import type { DisabledReason, LastDelivery, Replay, WebhookDoc, WebhookOwner } from "./webhook.js";

export const webhookIndexes: readonly IndexDescription[] = [
  { name: "byOwner", key: { ownerId: 1, createdAt: -1, _id: -1 } },
  { key: { noticeDueAt: 1 }, partialFilterExpression: { noticeDueAt: { $exists: true } } },
  { key: { removedAt: 1 }, partialFilterExpression: { removedAt: { $exists: true } } },
];

const LIVE = { removedAt: { $exists: false } } as const;
const LISTENING = { ...LIVE, isEnabled: true } as const;

/** How tries went that were made together. */
export interface Tried {
  readonly last: LastDelivery;
  readonly failures: number;
  readonly restUntil: Date | null;
  /** Missing where none succeeded. */
  readonly lastSuccessAt?: Date;
}

interface ListQuery {
  /** At most so many, 1 to 1,000. */
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Webhooks. What their owners ask for has the owner in its filter. */
export class WebhooksRepository {
  readonly #webhooks: Collection<WebhookDoc>;

  constructor(db: Db) {
    this.#webhooks = db.collection("webhooks");
  }

  async insert(webhook: WebhookDoc): Promise<void> {
    await this.#webhooks.insertOne(webhook);
  }

  count(ownerId: WebhookOwner): Promise<number> {
    return this.#webhooks.countDocuments({ ownerId, ...LIVE });
  }

  find(ownerId: WebhookOwner, id: Id): Promise<WebhookDoc | null> {
    return this.#webhooks.findOne({ _id: id, ownerId, ...LIVE });
  }

  /** For the worker. */
  findById(id: Id): Promise<WebhookDoc | null> {
    return this.#webhooks.findOne({ _id: id, ...LIVE });
  }

  /** The latest first. Index `byOwner`. @throws InvalidCursorError */
  page(ownerId: WebhookOwner, { limit, cursor }: ListQuery): Promise<Page<WebhookDoc>> {
    const list = ["webhooks", ownerId];
    const filter: Filter<WebhookDoc> = { ownerId, ...LIVE };
    return pageNewestFirst(this.#webhooks, [filter], { field: "createdAt", list, limit, cursor });
  }

  /** Compare-and-set on the revision: `null` when the webhook was changed meanwhile, or is gone. */
  change(
    { _id, ownerId, revision }: WebhookDoc,
    changes: Partial<WebhookDoc>,
  ): Promise<WebhookDoc | null> {
    return this.#webhooks.findOneAndUpdate(
      { _id, ownerId, revision, ...LIVE },
      { $set: changes, $inc: { revision: 1 } },
      { returnDocument: "after" },
    );
  }

  /** From then on nobody sees it, and nothing is sent. @returns whether there was one. */
  async markRemoved(ownerId: WebhookOwner, id: Id, removedAt: Date): Promise<boolean> {
    const { matchedCount } = await this.#webhooks.updateOne(
      { _id: id, ownerId, ...LIVE },
      { $set: { removedAt, isEnabled: false }, $inc: { revision: 1 } },
    );
    return matchedCount === 1;
  }

  /** Removes the document of one that was marked. */
  async remove(id: Id): Promise<void> {
    await this.#webhooks.deleteOne({ _id: id, removedAt: { $exists: true } });
  }

  /** Those that were marked. */
  listRemoved(limit: number): Promise<WebhookDoc[]> {
    return this.#webhooks.find({ removedAt: { $exists: true } }, { limit }).toArray();
  }

  /** Those that get the events of an account: its own ones, and the installation's. */
  listListening(ownerId: Id): Promise<WebhookDoc[]> {
    return this.#webhooks.find({ ownerId: { $in: [ownerId, null] }, ...LISTENING }).toArray();
  }

  /** Whether {@link listListening} finds any. */
  async hasListening(ownerIds: readonly WebhookOwner[]): Promise<boolean> {
    const filter: Filter<WebhookDoc> = { ownerId: { $in: [...ownerIds] }, ...LISTENING };
    return (await this.#webhooks.findOne(filter, { projection: { _id: 1 } })) !== null;
  }

  /** Some of those that are switched on, behind one, by id. */
  listEnabledAfter(after: Id, limit: number): Promise<WebhookDoc[]> {
    return this.#webhooks
      .find({ _id: { $gt: after }, ...LISTENING }, { sort: { _id: 1 }, limit, batchSize: limit })
      .toArray();
  }

  /** Has one process alone send. `null` when another one does, when it rests, or is switched off. */
  claim(id: Id, lease: NonNullable<WebhookDoc["lease"]>, now: Date): Promise<WebhookDoc | null> {
    const isFree: Filter<WebhookDoc> = { $or: [{ lease: null }, { "lease.until": { $lte: now } }] };
    const isAwake: Filter<WebhookDoc> = {
      $or: [{ restUntil: null }, { restUntil: { $lte: now } }],
    };
    return this.#webhooks.findOneAndUpdate(
      { _id: id, ...LISTENING, $and: [isFree, isAwake] },
      { $set: { lease } },
      { returnDocument: "after" },
    );
  }

  /** @returns whether it still is the holder's, and the webhook switched on. */
  async renew(id: Id, lease: NonNullable<WebhookDoc["lease"]>): Promise<boolean> {
    const { matchedCount } = await this.#webhooks.updateOne(
      { _id: id, "lease.id": lease.id, ...LISTENING },
      { $set: { lease } },
    );
    return matchedCount === 1;
  }

  async release(id: Id, leaseId: Id): Promise<void> {
    await this.#webhooks.updateOne({ _id: id, "lease.id": leaseId }, { $set: { lease: null } });
  }

  /** Notes how tries went. @returns The webhook as it is now; `null` when it was switched off or deleted. */
  async noteTried(id: Id, { last, ...tried }: Tried): Promise<WebhookDoc | null> {
    const noted = await this.#webhooks.findOneAndUpdate(
      { _id: id },
      { $set: { lastDelivery: last, ...tried } },
      { returnDocument: "after" },
    );
    return noted?.isEnabled === true ? noted : null;
  }

  /** Lets it send at once, however many tries have failed. */
  async wake(id: Id): Promise<void> {
    await this.#webhooks.updateOne({ _id: id }, { $set: { restUntil: null } });
  }

  /**
   * Switches one off by itself, unless a delivery succeeded at or after an instant.
   *
   * @returns whether it was on.
   */
  async disable(
    id: Id,
    { reason, now, since }: { reason: DisabledReason; now: Date; since?: Date },
  ): Promise<boolean> {
    const isDead: Filter<WebhookDoc> =
      since === undefined
        ? {}
        : { $or: [{ lastSuccessAt: null }, { lastSuccessAt: { $lt: since } }] };
    const { matchedCount } = await this.#webhooks.updateOne(
      { _id: id, ...LISTENING, ...isDead },
      { $set: { isEnabled: false, disabledReason: reason, noticeDueAt: now }, ...NEXT_REVISION },
    );
    return matchedCount === 1;
  }

  /** Those whose owners are to be told that they were switched off. */
  listNoticesDue(before: Date, limit: number): Promise<WebhookDoc[]> {
    return this.#webhooks.find({ noticeDueAt: { $lte: before } }, { limit }).toArray();
  }

  async endNotice(id: Id): Promise<void> {
    await this.#webhooks.updateOne({ _id: id }, { $unset: { noticeDueAt: true } });
  }

  /** Compare-and-set: `false` when another process was faster, or something else is to be replayed. `null`: it is over. */
  async advanceReplay(id: Id, from: Replay, to: Replay | null): Promise<boolean> {
    const { ownerId, nextSeq } = from;
    const { matchedCount } = await this.#webhooks.updateOne(
      { _id: id, "replay.id": from.id, "replay.ownerId": ownerId, "replay.nextSeq": nextSeq },
      { $set: { replay: to } },
    );
    return matchedCount === 1;
  }
}

const NEXT_REVISION: UpdateFilter<WebhookDoc> = { $inc: { revision: 1 } };
