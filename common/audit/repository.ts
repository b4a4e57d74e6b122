import type { Collection, Db, Filter, IndexDescription, ObjectId } from "mongodb";
import type { Id } from "../platform/ids.js";
import type { AuditAction, AuditEvent } from "./event.js";

export interface AuditDoc extends AuditEvent {
  readonly _id: ObjectId;
  readonly expiresAt: Date;
}

/** The indexes of `auditEvents`; the release process creates them. */
export const auditIndexes: readonly IndexDescription[] = [
  { name: "byAccount", key: { accountId: 1, at: -1, _id: -1 } },
  { name: "byAccountAndAction", key: { accountId: 1, action: 1, at: -1, _id: -1 } },
  { name: "byAction", key: { action: 1, at: -1, _id: -1 } },
  { name: "byTime", key: { at: -1, _id: -1 } },
  {
    name: "byActor",
    key: { "actor.accountId": 1 },
    partialFilterExpression: { "actor.accountId": { $exists: true } },
  },
  {
    name: "byTarget",
    key: { "target.id": 1 },
    partialFilterExpression: { "target.id": { $exists: true } },
  },
  { name: "expiry", key: { expiresAt: 1 }, expireAfterSeconds: 0 },
];

/** Which events are listed; without any of these, all. */
export interface AuditFilter {
  /** Whose log they are in. */
  readonly accountId?: Id | undefined;
  readonly action?: AuditAction | undefined;
  /** From then on. */
  readonly from?: Date | undefined;
  /** Before then. */
  readonly to?: Date | undefined;
}

interface After {
  readonly at: Date;
  readonly id: ObjectId;
}

/** The audit log in MongoDB. Events are inserted, and never changed, until their account is deleted (`purge-repository.ts`). */
export class AuditRepository {
  readonly #events: Collection<AuditDoc>;

  constructor(db: Db) {
    this.#events = db.collection("auditEvents");
  }

  /** May be repeated with the same event: it is stored once. */
  async insert(event: AuditDoc): Promise<void> {
    await this.#events.updateOne({ _id: event._id }, { $setOnInsert: event }, { upsert: true });
  }

  /** The latest first. For each combination of `accountId` and `action` there is an index in this order. */
  list(filter: AuditFilter, after: After | undefined, limit: number): Promise<AuditDoc[]> {
    const { accountId, action, from, to } = filter;
    const bounds = {
      ...(from !== undefined && { $gte: from }),
      ...(to !== undefined && { $lt: to }),
      ...(after !== undefined && { $lte: after.at }),
    };
    const query: Filter<AuditDoc> = {
      ...(accountId !== undefined && { accountId }),
      ...(action !== undefined && { action }),
      ...(Object.keys(bounds).length > 0 && { at: bounds }),
      ...(after !== undefined && {
        $or: [{ at: { $lt: after.at } }, { at: after.at, _id: { $lt: after.id } }],
      }),
    };
    return this.#events
      .find(query, { sort: { at: -1, _id: -1 }, limit, batchSize: limit })
      .toArray();
  }
}
