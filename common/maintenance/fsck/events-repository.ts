import type { Collection, Db } from "mongodb";
import { accountCollection, type AccountDoc } from "../../accounts/account.js";
import type { EventDoc } from "../../events/event.js";
import type { Id } from "../../platform/ids.js";

/** What the log of an account has. */
export interface LogFacts {
  readonly hasAccount: boolean;
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly count: number;
}

/** Reads the logs of events, in the order of their accounts. */
export class FsckEventsRepository {
  readonly #events: Collection<EventDoc>;
  readonly #accounts: Collection<AccountDoc>;

  constructor(db: Db) {
    this.#events = db.collection("events");
    this.#accounts = accountCollection(db);
  }

  /** From counters that MongoDB keeps: nearly every account has a log. */
  count(): Promise<number> {
    return this.#accounts.estimatedDocumentCount();
  }

  /** The accounts behind another one that have a log. Index `{ownerId, seq}`. */
  async ownersAfter(after: Id | null, limit: number): Promise<Id[]> {
    const owners: Id[] = [];
    for (let last = after ?? ""; owners.length < limit; last = owners.at(-1) ?? last) {
      const found = await this.#events.findOne(
        { ownerId: { $gt: last } },
        { sort: { ownerId: 1 }, projection: { ownerId: 1 } },
      );
      if (found === null) break;
      owners.push(found.ownerId);
    }
    return owners;
  }

  /** `undefined` where there is no log any more. */
  async find(ownerId: Id): Promise<LogFacts | undefined> {
    const projection = { seq: 1 } as const;
    const last = await this.#events.findOne({ ownerId }, { sort: { seq: -1 }, projection });
    const first = await this.#events.findOne({ ownerId }, { sort: { seq: 1 }, projection });
    if (first === null || last === null) return undefined;
    const range = { $gte: first.seq, $lte: last.seq };
    const count = await this.#events.countDocuments({ ownerId, seq: range });
    const account = await this.#accounts.findOne({ _id: ownerId }, { projection: { _id: 1 } });
    return { hasAccount: account !== null, firstSeq: first.seq, lastSeq: last.seq, count };
  }

  async removeLog(ownerId: Id): Promise<void> {
    await this.#events.deleteMany({ ownerId });
  }
}
