import { type Collection, type Db, type Filter, type IndexDescription, Long } from "mongodb";
import {
  accountCollection,
  type AccountDoc,
  type ReleaseMark,
  type ReservationEntry,
} from "../accounts/account.js";
import type { Id } from "../platform/ids.js";
import { change, type Change, requiredChange, type Write } from "../platform/write.js";

/** Lets the sweep find the accounts in which something is reserved. */
export const quotaIndexes: readonly IndexDescription[] = [{ key: { "reservations.uploadId": 1 } }];

/** The part of an account that the quota is about. */
export type QuotaDoc = Pick<
  AccountDoc,
  | "_id"
  | "deletion"
  | "limits"
  | "usage"
  | "allocatedBytes"
  | "reservations"
  | "releases"
  | "revision"
>;

const QUOTA_FIELDS = {
  deletion: 1,
  limits: 1,
  usage: 1,
  allocatedBytes: 1,
  reservations: 1,
  releases: 1,
  revision: 1,
} as const;

/** What an account may store, as far as it is known; `null` is unlimited. */
export type LimitBytes = number | null;

/** Room that an account has to have. */
export interface Room {
  readonly limitBytes: LimitBytes;
  /** How much of it has to be free. Default: what is reserved. */
  readonly neededBytes?: number | undefined;
}

/** What is added to an account's usage; negative to take away. */
export interface UsageChange {
  readonly bytes: number;
  readonly files: number;
}

/** Every change is one conditional update of one account, so that no two of them can both count. */
export class QuotaRepository {
  readonly #accounts: Collection<AccountDoc>;

  constructor(db: Db) {
    this.#accounts = accountCollection(db);
  }

  find(ownerId: Id): Promise<QuotaDoc | null> {
    return this.#accounts.findOne<QuotaDoc>({ _id: ownerId }, { projection: QUOTA_FIELDS });
  }

  /** How many accounts there are, from a counter that MongoDB keeps. */
  countAll(): Promise<number> {
    return this.#accounts.estimatedDocumentCount();
  }

  /** Accounts after a given one, in the order of their ids. */
  list(afterId: Id, limit: number): Promise<QuotaDoc[]> {
    return this.#listWhere({ _id: { $gt: afterId } }, limit);
  }

  /** The accounts among them in which something is reserved. */
  listReserved(afterId: Id, limit: number): Promise<QuotaDoc[]> {
    return this.#listWhere({ _id: { $gt: afterId }, "reservations.uploadId": { $gt: "" } }, limit);
  }

  /** Resolves to `false` when there is no room under this limit, it is another one, or there is such a reservation already. */
  async reserve(ownerId: Id, entry: ReservationEntry, room: Room): Promise<boolean> {
    const { filter, update } = reservationOf(ownerId, entry, room);
    return (await this.#accounts.updateOne(filter, update)).matchedCount === 1;
  }

  /** {@link reserve} among other writes; refused where that resolves to `false`. */
  reservation(ownerId: Id, entry: ReservationEntry, room: Room): Write {
    return requiredChange(this.#accounts, reservationOf(ownerId, entry, room));
  }

  /** Resolves to `false` when there is no room under this limit, it is another one, or the reservation is gone. */
  async grow(ownerId: Id, { uploadId, bytes }: ReservationEntry, limitBytes: LimitBytes) {
    const { matchedCount } = await this.#accounts.updateOne(
      { ...withRoom(ownerId, bytes, limitBytes), "reservations.uploadId": uploadId },
      { $inc: { "reservations.$.bytes": bytes, ...allocate(Number(bytes)) } },
    );
    return matchedCount === 1;
  }

  /** Takes a reservation of exactly `entry.bytes` out and adds to the usage, together. */
  async settle(ownerId: Id, entry: ReservationEntry, used: UsageChange): Promise<boolean> {
    const { filter, update } = settlementOf(ownerId, entry, used);
    return (await this.#accounts.updateOne(filter, update)).matchedCount === 1;
  }

  /** {@link settle} among other writes. Finds nothing where that resolves to `false`. */
  settlement(ownerId: Id, entry: ReservationEntry, used: UsageChange): Write {
    return change(this.#accounts, settlementOf(ownerId, entry, used));
  }

  /** Compare-and-set, for reservations that hold as much together as before: `false` when the account was changed meanwhile. */
  async replaceReservations(
    account: QuotaDoc,
    reservations: readonly ReservationEntry[],
  ): Promise<boolean> {
    const { matchedCount } = await this.#accounts.updateOne(
      { _id: account._id, revision: account.revision },
      { $set: { reservations: [...reservations] }, $inc: { revision: Long.ONE } },
    );
    return matchedCount === 1;
  }

  /** Takes something out of the usage unless its mark says that it was done before. */
  async releaseOnce(ownerId: Id, mark: ReleaseMark, freed: UsageChange): Promise<void> {
    await this.#accounts.updateOne(
      { _id: ownerId, "releases.id": { $ne: mark.id } },
      {
        $push: { releases: mark },
        $inc: { ...use({ bytes: -freed.bytes, files: -freed.files }), ...allocate(-freed.bytes) },
      },
    );
  }

  async forgetReleases(ownerId: Id, ids: readonly string[]): Promise<void> {
    await this.#accounts.updateOne(
      { _id: ownerId },
      { $pull: { releases: { id: { $in: [...ids] } } } },
    );
  }

  async forgetReleasesBefore(ownerId: Id, before: Date): Promise<void> {
    await this.#accounts.updateOne(
      { _id: ownerId },
      { $pull: { releases: { at: { $lt: before } } } },
    );
  }

  /** Compare-and-set: resolves to `false` when usage or reservations changed since the account was read. */
  async correct(account: QuotaDoc, usage: UsageChange, allocatedBytes: number): Promise<boolean> {
    const { matchedCount } = await this.#accounts.updateOne(
      { _id: account._id, revision: account.revision },
      {
        $set: {
          "usage.bytes": Long.fromNumber(usage.bytes),
          "usage.files": Long.fromNumber(usage.files),
          allocatedBytes: Long.fromNumber(allocatedBytes),
        },
        $inc: { revision: Long.ONE },
      },
    );
    return matchedCount === 1;
  }

  #listWhere(filter: Filter<AccountDoc>, limit: number): Promise<QuotaDoc[]> {
    return this.#accounts
      .find<QuotaDoc>(filter, { sort: { _id: 1 }, limit, projection: QUOTA_FIELDS })
      .toArray();
  }
}

const reservationOf = (
  ownerId: Id,
  entry: ReservationEntry,
  { limitBytes, neededBytes = Number(entry.bytes) }: Room,
): Change<AccountDoc> => ({
  filter: {
    ...withRoom(ownerId, Long.fromNumber(neededBytes), limitBytes),
    "reservations.uploadId": { $ne: entry.uploadId },
  },
  update: { $push: { reservations: entry }, $inc: allocate(Number(entry.bytes)) },
});

const settlementOf = (_id: Id, entry: ReservationEntry, used: UsageChange): Change<AccountDoc> => ({
  filter: { _id, reservations: { $elemMatch: entry } },
  update: {
    $pull: { reservations: { uploadId: entry.uploadId } },
    $inc: { ...use(used), ...allocate(used.bytes - Number(entry.bytes)) },
  },
});

/** Matches the account only while it is to stay, this is its limit, and `bytes` more stay within it. */
function withRoom(_id: Id, bytes: Long, limitBytes: LimitBytes): Filter<AccountDoc> {
  const stays = { _id, "deletion.id": { $exists: false } };
  if (limitBytes === null) return { ...stays, "limits.bytes": null };
  const limit = Long.fromNumber(limitBytes);
  return { ...stays, "limits.bytes": limit, allocatedBytes: { $lte: limit.subtract(bytes) } };
}

const allocate = (bytes: number) => ({
  allocatedBytes: Long.fromNumber(bytes),
  revision: Long.ONE,
});

const use = ({ bytes, files }: UsageChange) => ({
  "usage.bytes": Long.fromNumber(bytes),
  "usage.files": Long.fromNumber(files),
});
