import type { Collection, Db } from "mongodb";
import type { Id } from "../platform/ids.js";
import type { AuditDoc } from "./repository.js";

/** Each takes some 600 bytes. */
const BATCH = 500;

/** Takes deleted accounts out of the audit log. */
export class AuditPurgeRepository {
  readonly #events: Collection<AuditDoc>;

  constructor(db: Db) {
    this.#events = db.collection("auditEvents");
  }

  /**
   * Makes events say nothing of who the account was: another id takes the place of its own, and what the account itself did has neither
   * address nor browser any more. What others did to it, and that it did something, stays. Indexes `byAccount`, `byActor`, `byTarget`.
   *
   * @returns whether there may be more of them.
   */
  async forget(accountId: Id, pseudonym: Id): Promise<boolean> {
    const named = [
      { accountId },
      { "actor.accountId": accountId },
      { "target.id": accountId },
    ] as const;
    const found = await this.#events
      .find({ $or: [...named] }, { projection: { _id: 1 }, limit: BATCH })
      .toArray();
    if (found.length === 0) return false;
    const among = { _id: { $in: found.map(({ _id }) => _id) } };
    const events = this.#events;
    // In this order: after a crash between two of them, the next try finds what is left by the id.
    await events.updateMany({ ...among, accountId, actor: null }, { $set: { client: null } });
    await events.updateMany(
      { ...among, "actor.accountId": accountId },
      { $set: { "actor.accountId": pseudonym, client: null } },
    );
    await events.updateMany(
      { ...among, "target.id": accountId },
      { $set: { "target.id": pseudonym } },
    );
    await events.updateMany(
      { ...among, accountId },
      { $set: { accountId: pseudonym, changes: null } },
    );
    return found.length === BATCH;
  }
}
