import type { Collection, Db, IndexDescription } from "mongodb";
import type { Id } from "../platform/ids.js";
import { isDuplicateKey } from "../platform/mongo-errors.js";
import type { EventDoc } from "./event.js";

export const eventIndexes: readonly IndexDescription[] = [
  { key: { ownerId: 1, seq: 1 }, unique: true },
  { key: { at: 1 } },
  { key: { "actor.id": 1 } },
];

/** What a failover could still undo is not read: a number must never be given again, and an event never be lost with it. */
const LASTING = { readConcern: "majority" } as const;

const BATCH = 1000;

/** The log of each account, in the order of `seq`. */
export class EventLogRepository {
  readonly #events: Collection<EventDoc>;

  constructor(db: Db) {
    this.#events = db.collection("events");
  }

  /** The number of the newest event; 0 if there are no events. */
  async lastSeq(ownerId: Id): Promise<number> {
    const last = await this.#events.findOne(
      { ownerId },
      { sort: { seq: -1 }, projection: { seq: 1 }, ...LASTING },
    );
    return last?.seq ?? 0;
  }

  /** The number of the last event that is older than an instant; 0 if there is no such event. */
  async lastSeqBefore(ownerId: Id, at: Date): Promise<number> {
    const last = await this.#events.findOne(
      { ownerId, at: { $lt: at } },
      { sort: { seq: -1 }, projection: { seq: 1 }, ...LASTING },
    );
    return last?.seq ?? 0;
  }

  /** The first account behind another one that has a log; `undefined` behind the last. */
  async nextOwner(after: Id): Promise<Id | undefined> {
    const found = await this.#events.findOne(
      { ownerId: { $gt: after } },
      { sort: { ownerId: 1, seq: 1 }, projection: { ownerId: 1 } },
    );
    return found?.ownerId;
  }

  /** In their order, up to the first whose number or id is taken. @returns whether all of them were written. */
  async insert(events: readonly EventDoc[]): Promise<boolean> {
    try {
      await this.#events.insertMany([...events], { ordered: true });
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  /** Those of some events that are in the log. */
  async listKnown(ids: readonly Id[]): Promise<Set<Id>> {
    const found = await this.#events
      .find({ _id: { $in: [...ids] } }, { projection: { _id: 1 }, ...LASTING })
      .toArray();
    return new Set(found.map(({ _id }) => _id));
  }

  /** The events behind a number, in order. */
  list(ownerId: Id, since: number, limit: number): Promise<EventDoc[]> {
    return this.#events
      .find(
        { ownerId, seq: { $gt: since } },
        { sort: { seq: 1 }, limit, batchSize: limit, singleBatch: true, ...LASTING },
      )
      .toArray();
  }

  /** The accounts that have events from before an instant, beside those that {@link keepLast} keeps. */
  async listOwnersBefore(before: Date): Promise<Id[]> {
    const found = await this.#events
      .aggregate<{ _id: Id }>([
        { $match: { at: { $lt: before }, isKept: { $ne: true } } },
        { $group: { _id: "$ownerId" } },
      ])
      .toArray();
    return found.map(({ _id }) => _id);
  }

  /** The number of the first event at or after an instant; `undefined` if there is no such event. */
  async firstSince(ownerId: Id, at: Date): Promise<number | undefined> {
    const found = await this.#events.findOne(
      { ownerId, at: { $gte: at } },
      { sort: { seq: 1 }, projection: { seq: 1 } },
    );
    return found?.seq;
  }

  /** Marks the newest event of an account, which stays although it is old, so that nobody asks for the account again until it has others. */
  async keepLast(ownerId: Id, seq: number): Promise<void> {
    await this.#events.updateOne({ ownerId, seq }, { $set: { isKept: true } });
  }

  /** Removes some events before a number, the oldest first. @returns whether there may be more. */
  async removeBefore(ownerId: Id, seq: number): Promise<boolean> {
    const oldest = await this.#events
      .find(
        { ownerId, seq: { $lt: seq } },
        { sort: { seq: 1 }, limit: BATCH, projection: { seq: 1 } },
      )
      .toArray();
    const last = oldest.at(-1);
    if (last === undefined) return false;
    await this.#events.deleteMany({ ownerId, seq: { $lte: last.seq } });
    return oldest.length === BATCH;
  }

  /** Removes some events of an account. @returns whether there may be more. */
  async removeOf(ownerId: Id): Promise<boolean> {
    return this.removeBefore(ownerId, Number.MAX_SAFE_INTEGER);
  }

  /** Forgets that an account or link has caused some events in the logs of others. @returns whether there may be more. */
  async forgetActor(actorId: Id): Promise<boolean> {
    const found = await this.#events
      .find({ "actor.id": actorId }, { projection: { _id: 1 }, limit: BATCH })
      .toArray();
    if (found.length === 0) return false;
    await this.#events.updateMany(
      { _id: { $in: found.map(({ _id }) => _id) } },
      { $set: { actor: null } },
    );
    return found.length === BATCH;
  }
}
