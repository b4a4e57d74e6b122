import type { Collection, Db, Filter, UpdateFilter } from "mongodb";
import { toOutbox } from "../events/outbox.js";
import { addressKey } from "../mail/address.js";
import type { Id } from "../platform/ids.js";
import { isDuplicateKey } from "../platform/mongo-errors.js";
import { accountCollection, type AccountDoc } from "./account.js";
import { accountEvent } from "./events.js";

/** An address that waits for its confirmation, as it is stored. */
export type PendingEmail = NonNullable<AccountDoc["pendingEmail"]>;

/** Whose address changes: an account whose sessions count since `from`, as when the request was authenticated. */
export interface EmailOwner {
  readonly id: Id;
  readonly from: Date;
}

/** What is known of an account's address. */
export type EmailFields = Pick<
  AccountDoc,
  "_id" | "username" | "email" | "emailKey" | "pendingEmail"
>;

const PROJECTION = { username: 1, email: 1, emailKey: 1, pendingEmail: 1 } as const;

/** Addresses of accounts in MongoDB. */
export class EmailsRepository {
  readonly #accounts: Collection<AccountDoc>;

  constructor(db: Db) {
    this.#accounts = accountCollection(db);
  }

  find(id: Id): Promise<EmailFields | null> {
    return this.#accounts.findOne<EmailFields>({ _id: id }, { projection: PROJECTION });
  }

  /** Whether what was authenticated is still so. */
  async isSignedIn(owner: EmailOwner): Promise<boolean> {
    return (await this.#accounts.findOne(ownedBy(owner), { projection: { _id: 1 } })) !== null;
  }

  /** Sets an address without a confirmation, or removes it. Links that were sent are not valid any more. @returns what it was before; `null` when the sessions were ended. */
  set(owner: EmailOwner, address: string | null): Promise<EmailFields | null> {
    return this.#update(ownedBy(owner), {
      ...(address !== null && { $set: { email: address } }),
      $unset: {
        ...(address === null && { email: 1 }),
        emailKey: 1,
        pendingEmail: 1,
        mailedReset: 1,
      },
      $push: toOutbox([accountEvent(owner.id, ["email"])]),
    });
  }

  /** Replaces the pending address, unless the last one was set after `notAfter`. @returns what it was before; `null` when nothing was changed. */
  setPending(
    owner: EmailOwner,
    pendingEmail: PendingEmail,
    { now, notAfter }: { now: Date; notAfter: Date },
  ): Promise<EmailFields | null> {
    return this.#update(
      {
        ...ownedBy(owner),
        $or: [{ pendingEmailAt: { $exists: false } }, { pendingEmailAt: { $lte: notAfter } }],
      },
      { $set: { pendingEmail, pendingEmailAt: now } },
    );
  }

  /** Forgets the pending address. @returns what it was before; `null` when the sessions were ended. */
  forgetPending(owner: EmailOwner): Promise<EmailFields | null> {
    return this.#update(ownedBy(owner), { $unset: { pendingEmail: 1 } });
  }

  /**
   * Makes the pending address the account's, and uses its link up, in one step. Index `emailKey` decides between two accounts.
   *
   * @returns what it was before; `gone` when the link was used, replaced or has expired; `taken` when another account has the address.
   */
  async confirm(id: Id, { secretHash, address }: PendingEmail, now: Date) {
    const pending: Filter<AccountDoc> = {
      _id: id,
      isDisabled: false,
      "pendingEmail.secretHash": secretHash,
    };
    try {
      const before = await this.#update(
        { ...pending, "pendingEmail.expiresAt": { $gt: now } },
        {
          $set: { email: address, emailKey: addressKey(address) },
          // A link for a new password went to the old address.
          $unset: { pendingEmail: 1, mailedReset: 1 },
          $push: toOutbox([accountEvent(id, ["email"])]),
        },
      );
      return before ?? ("gone" as const);
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      await this.#accounts.updateOne(pending, { $unset: { pendingEmail: 1 } });
      return "taken" as const;
    }
  }

  #update(filter: Filter<AccountDoc>, update: UpdateFilter<AccountDoc>) {
    return this.#accounts.findOneAndUpdate(filter, update, {
      returnDocument: "before",
      projection: PROJECTION,
    });
  }
}

/** Each change of the password or the username ends the sessions, and so what was authenticated before. */
const ownedBy = ({ id, from }: EmailOwner): Filter<AccountDoc> => ({
  _id: id,
  sessionsValidFrom: from,
});
