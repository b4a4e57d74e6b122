import type { Collection, Db, Filter, IndexDescription, WithId } from "mongodb";
import type { Id } from "../platform/ids.js";
import { insertUnlessTaken } from "../platform/mongo.js";
import type { InvitationDoc, PendingUse } from "./invitation.js";

/** The indexes of `invitations`; the release process creates them. */
export const invitationIndexes: readonly IndexDescription[] = [
  { name: "list", key: { createdAt: -1, _id: -1 } },
  { name: "expiry", key: { expiresAt: 1 }, expireAfterSeconds: 0 },
];

/** Where a list goes on: after the invitation that was made then and has this id. */
interface After {
  readonly createdAt: Date;
  readonly id: Id;
}

/** Invitations in MongoDB. */
export class InvitationsRepository {
  readonly #invitations: Collection<InvitationDoc>;

  constructor(db: Db) {
    this.#invitations = db.collection("invitations");
  }

  /** Resolves to `false` when the id is taken. */
  insert(invitation: InvitationDoc): Promise<boolean> {
    return insertUnlessTaken(this.#invitations, invitation);
  }

  find(id: Id): Promise<WithId<InvitationDoc> | null> {
    return this.#invitations.findOne({ _id: id });
  }

  /** Those of admins, the latest first; index `list`. */
  list(after: After | undefined, limit: number): Promise<InvitationDoc[]> {
    const filter: Filter<InvitationDoc> = { createdBy: { $ne: null } };
    if (after !== undefined) {
      const { createdAt, id } = after;
      filter.$or = [{ createdAt: { $lt: createdAt } }, { createdAt, _id: { $lt: id } }];
    }
    return this.#invitations
      .find(filter, { sort: { createdAt: -1, _id: -1 }, limit, batchSize: limit })
      .toArray();
  }

  /** Takes one use, for an account that is about to be made. @returns `null` when none is left, or the invitation is not valid any more. */
  take(id: Id, use: PendingUse): Promise<InvitationDoc | null> {
    return this.#invitations.findOneAndUpdate(
      {
        _id: id,
        usesLeft: { $gt: 0 },
        $or: [{ expiresAt: null }, { expiresAt: { $gt: use.at } }],
      },
      { $inc: { usesLeft: -1 }, $push: { pending: use } },
    );
  }

  /** The account was made. May be repeated. */
  async confirm(id: Id, accountId: Id): Promise<void> {
    await this.#invitations.updateOne(
      { _id: id, "pending.accountId": accountId },
      { $pull: { pending: { accountId } } },
    );
  }

  /** The account was not made. May be repeated: the use is given back once. */
  async giveBack(id: Id, accountId: Id): Promise<void> {
    await this.#invitations.updateOne(
      { _id: id, "pending.accountId": accountId },
      { $inc: { usesLeft: 1 }, $pull: { pending: { accountId } } },
    );
  }

  /** @returns the removed invitation; `undefined` when it does not exist. */
  async remove(id: Id): Promise<InvitationDoc | undefined> {
    const removed = await this.#invitations.findOneAndDelete({
      _id: id,
      createdBy: { $ne: null },
    });
    return removed ?? undefined;
  }
}
