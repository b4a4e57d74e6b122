import type { Collection, Db, IndexDescription } from "mongodb";
import { toOutbox } from "../events/outbox.js";
import type { Id } from "../platform/ids.js";
import { accountCollection, type AccountDoc, type Deletion, LINKS_IN_MAILS } from "./account.js";
import { accountEvent } from "./events.js";

/** Let the worker find the accounts that are to be purged. */
export const deletionIndexes: readonly IndexDescription[] = [
  {
    name: "deletion",
    key: { "deletion.id": 1 },
    unique: true,
    partialFilterExpression: { "deletion.id": { $exists: true } },
  },
  {
    name: "purgeAt",
    key: { "deletion.purgeAt": 1 },
    partialFilterExpression: { "deletion.purgeAt": { $exists: true } },
  },
];

/** An account whose data are being removed. Its username is gone already. */
export interface PurgedAccount {
  readonly id: Id;
  readonly deletion: Deletion;
}

type DeletedDoc = Pick<AccountDoc, "_id"> & { readonly deletion: Deletion };

/** Accounts that are to be deleted. Every change is a compare-and-set on the state before. */
export class DeletionRepository {
  readonly #accounts: Collection<AccountDoc>;

  constructor(db: Db) {
    this.#accounts = accountCollection(db);
  }

  /** From then on only an admin may restore the account. Resolves to what is known of its deletion. */
  async takeOver(id: Id): Promise<Deletion | undefined> {
    const doc = await this.#accounts.findOneAndUpdate(
      { _id: id, "deletion.state": "scheduled" },
      { $set: { "deletion.by": "admin" } },
      { returnDocument: "after", projection: { deletion: 1 } },
    );
    return doc?.deletion;
  }

  /** Resolves to `false` when the deletion is another one, or its data are being removed. */
  async restore(id: Id, { id: deletionId, by, wasDisabled }: Deletion): Promise<boolean> {
    const { matchedCount } = await this.#accounts.updateOne(
      { _id: id, "deletion.id": deletionId, "deletion.by": by, "deletion.state": "scheduled" },
      {
        $set: { isDisabled: wasDisabled },
        $unset: { deletion: 1 },
        $push: toOutbox([accountEvent(id, ["isDisabled", "deletion"])]),
      },
    );
    return matchedCount === 1;
  }

  /**
   * From then on the account cannot be restored, and its username is free: what takes its place is the username of nobody.
   *
   * @returns `undefined` when the account is gone, was restored, or is not due yet. One whose purge began before is returned again.
   */
  async beginPurge(deletionId: Id, now: Date): Promise<PurgedAccount | undefined> {
    const nobody = `:${deletionId}`;
    await this.#accounts.updateOne(
      {
        "deletion.id": deletionId,
        "deletion.state": "scheduled",
        "deletion.purgeAt": { $lte: now },
      },
      {
        $set: {
          "deletion.state": "purging",
          username: nobody,
          usernameKey: nobody,
          passwordHash: null,
        },
        $unset: { ...LINKS_IN_MAILS, email: 1, emailKey: 1 },
      },
    );
    const doc = await this.#accounts.findOne<DeletedDoc>(
      { "deletion.id": deletionId, "deletion.state": { $ne: "scheduled" } },
      { projection: { deletion: 1 } },
    );
    return doc === null ? undefined : { id: doc._id, deletion: doc.deletion };
  }

  async markEmptied(deletionId: Id, at: Date): Promise<void> {
    await this.#accounts.updateOne(
      { "deletion.id": deletionId, "deletion.state": "purging" },
      { $set: { "deletion.state": "emptied", "deletion.emptiedAt": at } },
    );
  }

  /** Removes an account of which nothing else is left. */
  async remove(deletionId: Id): Promise<void> {
    await this.#accounts.deleteOne({ "deletion.id": deletionId, "deletion.state": "emptied" });
  }

  /** The deletions for which there is something to do: their time has come, and those that are emptied are so since `emptiedBefore`. */
  async listDue(now: Date, emptiedBefore: Date, limit: number): Promise<Deletion[]> {
    const docs = await this.#accounts
      .find<DeletedDoc>(
        {
          "deletion.purgeAt": { $lte: now },
          $or: [
            { "deletion.state": { $ne: "emptied" } },
            { "deletion.emptiedAt": { $lte: emptiedBefore } },
          ],
        },
        { projection: { deletion: 1 }, sort: { "deletion.purgeAt": 1 }, limit },
      )
      .toArray();
    return docs.map(({ deletion }) => deletion);
  }
}
