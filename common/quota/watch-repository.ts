import type { Collection, Db } from "mongodb";
import { accountCollection, type AccountDoc } from "../accounts/account.js";
import { newEvent, toOutbox } from "../events/outbox.js";
import type { Id } from "../platform/ids.js";

/** How full an account is. */
export type Fullness = Pick<AccountDoc, "_id" | "limits" | "usage" | "isNearlyFull">;

const FIELDS = { limits: 1, usage: 1, isNearlyFull: 1 } as const;

/** Says in accounts that they are nearly full. */
export class QuotaWatchRepository {
  readonly #accounts: Collection<AccountDoc>;

  constructor(db: Db) {
    this.#accounts = accountCollection(db);
  }

  find(ownerId: Id): Promise<Fullness | null> {
    return this.#accounts.findOne<Fullness>({ _id: ownerId }, { projection: FIELDS });
  }

  /** Compare-and-set, with its event: `false` when usage, limit or mark changed since they were read. */
  async mark({ _id, limits, usage }: Fullness): Promise<boolean> {
    const quota = { usedBytes: Number(usage.bytes), limitBytes: Number(limits.bytes) };
    const event = newEvent({ ownerId: _id, type: "quota.nearly-full", quota });
    const { matchedCount } = await this.#accounts.updateOne(
      { ...asRead({ _id, limits, usage }), isNearlyFull: { $exists: false } },
      { $set: { isNearlyFull: true }, $push: toOutbox([event]) },
    );
    return matchedCount === 1;
  }

  /** Compare-and-set, as {@link mark}: the next time is told again. */
  async unmark(account: Fullness): Promise<boolean> {
    const { matchedCount } = await this.#accounts.updateOne(
      { ...asRead(account), isNearlyFull: true },
      { $unset: { isNearlyFull: 1 } },
    );
    return matchedCount === 1;
  }
}

const asRead = ({ _id, limits, usage }: Fullness) => ({
  _id,
  "limits.bytes": limits.bytes,
  "usage.bytes": usage.bytes,
});
