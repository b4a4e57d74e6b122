import type { Collection, Db, IndexDescription } from "mongodb";
import { accountCollection, type AccountDoc } from "../accounts/account.js";
import type { Entry, TrashMark } from "../entries/entry.js";
import { entryEvent } from "../entries/events.js";
import { newEvent, toOutbox } from "../events/outbox.js";
import { decodeCursor, pageOf } from "../platform/cursor.js";
import type { Id } from "../platform/ids.js";

const IN_TRASH = { partialFilterExpression: { isTrashed: true } };

export const trashIndexes: readonly IndexDescription[] = [
  { key: { ownerId: 1, "trash.at": -1, _id: -1 }, ...IN_TRASH },
  { key: { "trash.at": 1 }, ...IN_TRASH },
];

/** An entry that lies in the trash by itself, and can be restored. */
export type TrashItem = Entry & { readonly trash: TrashMark };

/** Whose trash it is. */
export interface TrashKey {
  readonly ownerId: Id;
  /** What was deleted at that instant or before is gone; `null` for nothing. */
  readonly emptiedAt: Date | null;
}

export interface TrashQuery {
  /** At most so many items, 1 to 1,000. */
  readonly limit: number;
  readonly cursor?: string | undefined;
}

const LIST = ["trash"];

/** What lies in the trash. Every query of a request names the owner. */
export class TrashRepository {
  readonly #entries: Collection<Entry>;
  readonly #items: Collection<TrashItem>;
  readonly #accounts: Collection<AccountDoc>;

  constructor(db: Db) {
    this.#entries = db.collection("entries");
    this.#items = db.collection("entries");
    this.#accounts = accountCollection(db);
  }

  /** What was deleted last comes first. @throws InvalidCursorError */
  async page({ ownerId, emptiedAt }: TrashKey, { limit, cursor }: TrashQuery) {
    const position = cursor === undefined ? undefined : decodeCursor(LIST, "number", cursor);
    const at = new Date(Number(position?.value ?? 0));
    const after = position && {
      $or: [{ "trash.at": { $lt: at } }, { "trash.at": at, _id: { $lt: position.id } }],
    };
    const found = await this.#items
      .find(
        {
          ownerId,
          isTrashed: true,
          "trash.at": { $gt: emptiedAt ?? new Date(0), ...(position && { $lte: at }) },
          ...after,
        },
        { sort: { "trash.at": -1, _id: -1 }, limit: limit + 1, batchSize: limit + 1 },
      )
      .toArray();
    return pageOf(found, {
      limit,
      list: LIST,
      positionOf: (item) => ({ value: item.trash.at.getTime(), id: item._id }),
    });
  }

  find({ ownerId, emptiedAt }: TrashKey, id: Id): Promise<TrashItem | null> {
    const at = { $gt: emptiedAt ?? new Date(0) };
    return this.#items.findOne({ _id: id, ownerId, isTrashed: true, "trash.at": at });
  }

  /** Some items of all owners that were deleted before an instant, oldest first. */
  listBefore(before: Date, limit: number): Promise<TrashItem[]> {
    const options = { sort: { "trash.at": 1 }, limit, batchSize: limit } as const;
    return this.#items.find({ isTrashed: true, "trash.at": { $lt: before } }, options).toArray();
  }

  /** Some items of an owner that were deleted at an instant or before. */
  listUntil(ownerId: Id, until: Date, limit: number): Promise<TrashItem[]> {
    return this.#items
      .find({ ownerId, isTrashed: true, "trash.at": { $lte: until } }, { limit, batchSize: limit })
      .toArray();
  }

  /**
   * From then on an item will be removed for good. It may have been changed since it was read, for example by its inspection.
   *
   * @returns `false` when it was restored or removed since.
   */
  async markPurging(item: TrashItem, purgingSince: Date): Promise<boolean> {
    const { _id, ownerId, trash } = item;
    const { matchedCount } = await this.#entries.updateOne(
      { _id, ownerId, isTrashed: true, "trash.at": trash.at },
      {
        $set: { purgingSince, trash: null },
        $push: toOutbox([entryEvent(item, "deleted")]),
        $inc: { revision: 1 },
      },
    );
    return matchedCount === 1;
  }

  /** From then on nobody finds what is in the trash of an account. */
  async empty(ownerId: Id, at: Date): Promise<void> {
    const events = [newEvent({ ownerId, type: "trash.emptied" })];
    await this.#accounts.updateOne(
      { _id: ownerId },
      { $max: { trashEmptiedAt: at }, $push: toOutbox(events) },
    );
  }

  async emptiedAt(ownerId: Id): Promise<Date | null> {
    const projection = { trashEmptiedAt: 1 } as const;
    const account = await this.#accounts.findOne({ _id: ownerId }, { projection });
    return account?.trashEmptiedAt ?? null;
  }

  /** Says that all of it is removed, unless the trash was emptied again since. */
  async setEmptied(ownerId: Id, at: Date): Promise<void> {
    await this.#accounts.updateOne(
      { _id: ownerId, trashEmptiedAt: at },
      { $unset: { trashEmptiedAt: 1 } },
    );
  }

  /** The accounts whose trash is being emptied. */
  async listEmptied(limit: number): Promise<Id[]> {
    const found = await this.#accounts
      .find({ trashEmptiedAt: { $gt: new Date(0) } }, { projection: { _id: 1 }, limit })
      .toArray();
    return found.map(({ _id }) => _id);
  }
}

export const trashAccountIndexes: readonly IndexDescription[] = [
  {
    key: { trashEmptiedAt: 1 },
    partialFilterExpression: { trashEmptiedAt: { $exists: true } },
  },
];
