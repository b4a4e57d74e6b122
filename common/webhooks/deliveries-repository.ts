import type { AnyBulkWriteOperation, Collection, Db, Filter, IndexDescription } from "mongodb";
import type { Page } from "../platform/cursor.js";
import type { Id } from "../platform/ids.js";
import { isDuplicateKey } from "../platform/mongo-errors.js";
import { pageNewestFirst } from "../platform/newest-first.js";
import type { Attempt, DeliveryDoc, DeliveryState } from "./webhook.js";

const PENDING_ONLY = { partialFilterExpression: { dueAt: { $exists: true } } };

export const webhookDeliveryIndexes: readonly IndexDescription[] = [
  { key: { webhookId: 1, createdAt: -1, _id: -1 } },
  { key: { webhookId: 1, state: 1, createdAt: -1, _id: -1 } },
  { name: "due", key: { webhookId: 1, dueAt: 1, "event.seq": 1 }, ...PENDING_ONLY },
  { name: "bySubject", key: { webhookId: 1, subjectId: 1, "event.seq": 1 }, ...PENDING_ONLY },
  { key: { "event.ownerId": 1 } },
  { key: { "event.actor.id": 1 } },
  { key: { expiresAt: 1 }, expireAfterSeconds: 0 },
];

/** How long a delivery is kept after its end, in milliseconds. */
const KEPT_FOR_MS = 30 * 86_400_000;

/** More tries are not kept. */
const KEPT_ATTEMPTS = 50;

const BATCH = 1000;

const PENDING = { dueAt: { $exists: true } } as const;

type NewDelivery = Pick<DeliveryDoc, "_id" | "webhookId" | "event" | "subjectId">;

interface ListQuery {
  readonly state?: DeliveryState | undefined;
  /** At most so many, 1 to 1,000. */
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Events on their way to webhooks. The id of a webhook is only known to its owner and the worker. */
export class DeliveriesRepository {
  readonly #deliveries: Collection<DeliveryDoc>;

  constructor(db: Db) {
    this.#deliveries = db.collection("webhookDeliveries");
  }

  /**
   * Writes deliveries in their order: when one can be read, all before it can be read, too. May be repeated.
   *
   * @param isAgain - Whether those that are there already are sent again.
   */
  async insert(
    deliveries: readonly NewDelivery[],
    { now, isAgain = false }: { readonly now: Date; readonly isAgain?: boolean },
  ): Promise<void> {
    if (deliveries.length === 0) return;
    const writes = deliveries.map((delivery) => upsertOf(delivery, { now, isAgain }));
    for (;;) {
      try {
        await this.#deliveries.bulkWrite(writes, { ordered: true });
        return;
      } catch (error) {
        // Another process inserts the same: now it is there.
        if (!isDuplicateKey(error)) throw error;
      }
    }
  }

  find(webhookId: Id, id: Id): Promise<DeliveryDoc | null> {
    return this.#deliveries.findOne({ _id: id, webhookId });
  }

  /** The latest first. @throws InvalidCursorError */
  page(webhookId: Id, { state, limit, cursor }: ListQuery): Promise<Page<DeliveryDoc>> {
    const list = ["webhook-deliveries", webhookId, state ?? null];
    const filter: Filter<DeliveryDoc> = { webhookId, ...(state !== undefined && { state }) };
    return pageNewestFirst(this.#deliveries, [filter], {
      ...{ field: "createdAt", list, limit, cursor },
    });
  }

  countPending(webhookId: Id): Promise<number> {
    return this.#deliveries.countDocuments({ webhookId, ...PENDING });
  }

  /** Those that are due, the longest first. Index `due`. */
  listDue(webhookId: Id, now: Date, limit: number): Promise<DeliveryDoc[]> {
    return this.#deliveries
      .find(
        { webhookId, dueAt: { $lte: now } },
        { sort: { dueAt: 1, "event.seq": 1 }, limit, batchSize: limit },
      )
      .toArray();
  }

  /** The first event of a subject that is pending. Index `bySubject`. */
  findFirst(webhookId: Id, subjectId: Id): Promise<DeliveryDoc | null> {
    return this.#deliveries.findOne(
      { webhookId, subjectId, ...PENDING },
      { sort: { "event.seq": 1 } },
    );
  }

  /** When the next is due; `undefined` when none is pending. Index `due`. */
  async nextDueAt(webhookId: Id): Promise<Date | undefined> {
    const next = await this.#deliveries.findOne(
      { webhookId, ...PENDING },
      { sort: { dueAt: 1 }, projection: { dueAt: 1 } },
    );
    return next?.dueAt;
  }

  /** Writes down a try that was the last one. */
  async finish(
    { _id, webhookId }: DeliveryDoc,
    state: "delivered" | "failed",
    { attempt, now }: { readonly attempt: Attempt; readonly now: Date },
  ): Promise<void> {
    await this.#deliveries.updateOne(
      { _id, webhookId },
      {
        $set: {
          ...{ state, expiresAt: new Date(now.getTime() + KEPT_FOR_MS) },
          ...(state === "delivered" && { deliveredAt: now }),
        },
        $unset: { dueAt: true },
        $inc: { tries: 1 },
        ...pushed(attempt),
      },
    );
  }

  /** Writes down a try after which there is another one. */
  async postpone(
    { _id, webhookId, firstTriedAt }: DeliveryDoc,
    { attempt, dueAt }: { readonly attempt: Attempt; readonly dueAt: Date },
  ): Promise<void> {
    await this.#deliveries.updateOne(
      { _id, webhookId, ...PENDING },
      {
        $set: { dueAt, firstTriedAt: firstTriedAt ?? attempt.at },
        $inc: { tries: 1 },
        ...pushed(attempt),
      },
    );
  }

  /** Has those of a subject wait that are due before the first of them is. */
  async holdBack({ webhookId, subjectId }: DeliveryDoc, dueAt: Date): Promise<void> {
    await this.#deliveries.updateMany(
      { webhookId, subjectId, dueAt: { $lt: dueAt } },
      { $set: { dueAt } },
    );
  }

  /** Has those of a subject sent that waited for one before them. */
  async letGo({ webhookId, subjectId }: DeliveryDoc, now: Date): Promise<void> {
    await this.#deliveries.updateMany(
      { webhookId, subjectId, dueAt: { $gt: now } },
      { $set: { dueAt: now } },
    );
  }

  /** Has one sent again. @returns `null` when there is no such delivery. */
  resend(webhookId: Id, id: Id, now: Date): Promise<DeliveryDoc | null> {
    return this.#deliveries.findOneAndUpdate({ _id: id, webhookId }, again(now), {
      returnDocument: "after",
    });
  }

  /** Has those sent again that have failed. They are few: see {@link trim}. */
  async resendFailed(webhookId: Id, now: Date): Promise<void> {
    await this.#deliveries.updateMany({ webhookId, state: "failed" }, again(now));
  }

  /** Removes those that have ended, except some of the latest. @returns whether there may be more. */
  async trim(webhookId: Id, kept: number): Promise<boolean> {
    const ended: Filter<DeliveryDoc> = { webhookId, expiresAt: { $exists: true } };
    const options = { sort: { createdAt: -1, _id: -1 }, projection: { _id: 1 } } as const;
    const found = await this.#deliveries
      .find(ended, { ...options, skip: kept, limit: BATCH })
      .toArray();
    if (found.length === 0) return false;
    await this.#deliveries.deleteMany({ ...ended, _id: { $in: found.map(({ _id }) => _id) } });
    return found.length === BATCH;
  }

  /** Removes some of a webhook. @returns whether there may be more. */
  async removeSomeOf(webhookId: Id): Promise<boolean> {
    const found = await this.#deliveries
      .find({ webhookId }, { projection: { _id: 1 }, limit: BATCH })
      .toArray();
    if (found.length === 0) return false;
    await this.#deliveries.deleteMany({ webhookId, _id: { $in: found.map(({ _id }) => _id) } });
    return found.length === BATCH;
  }
}

const pushed = (attempt: Attempt) => ({
  $push: { attempts: { $each: [attempt], $slice: -KEPT_ATTEMPTS } },
});

/** What makes a delivery pending, whatever became of it. Its tries stay in its log. */
const again = (now: Date) =>
  ({
    $set: { state: "pending", dueAt: now, tries: 0, firstTriedAt: null },
    $unset: { expiresAt: true },
  }) as const;

function upsertOf(
  { _id, webhookId, ...delivery }: NewDelivery,
  { now, isAgain }: { readonly now: Date; readonly isAgain: boolean },
): AnyBulkWriteOperation<DeliveryDoc> {
  const isNew = { attempts: [], createdAt: now, deliveredAt: null };
  const fresh = again(now);
  const update = isAgain
    ? { ...fresh, $setOnInsert: { ...delivery, ...isNew } }
    : { $setOnInsert: { ...delivery, ...isNew, ...fresh.$set } };
  return { updateOne: { filter: { _id, webhookId }, update, upsert: true } };
}
