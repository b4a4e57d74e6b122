import type { Collection, Db } from "mongodb";
import type { Id } from "../platform/ids.js";
import { accountCollection, type AccountDoc, LINKS_IN_MAILS } from "./account.js";

/** A reset as it is stored; its secret is not. */
export type StoredReset = NonNullable<AccountDoc["passwordReset"]>;

/** A reset of which the link is sent by mail. */
export type MailedReset = NonNullable<AccountDoc["mailedReset"]>;

/** How a reset was made: by an admin, or by a request for a mail. An account has at most one of each. */
export type ResetKind = "passwordReset" | "mailedReset";

/** A new password, and from when on sessions count. */
export interface Completion {
  readonly id: Id;
  readonly kind: ResetKind;
  readonly secretHash: string;
  /** The instant before which no reset is valid. */
  readonly now: Date;
  /** The account's `sessionsValidFrom` as it was read, and as it will be. */
  readonly from: Date;
  readonly to: Date;
  readonly passwordHash: string;
}

/** Whose password may be reset by mail. */
export type ResetOwner = Pick<AccountDoc, "_id" | "username"> & { readonly email: string };

/** The links of an account, and what setting its password depends on. */
type FoundResets = Pick<
  AccountDoc,
  "passwordReset" | "mailedReset" | "sessionsValidFrom" | "username"
>;

/** Password resets in MongoDB: each is part of its account. */
export class PasswordResetsRepository {
  readonly #accounts: Collection<AccountDoc>;

  constructor(db: Db) {
    this.#accounts = accountCollection(db);
  }

  /** Replaces the one before. @returns `false` when the account is gone. */
  async start(id: Id, passwordReset: StoredReset): Promise<boolean> {
    const { matchedCount } = await this.#accounts.updateOne(
      { _id: id },
      { $set: { passwordReset } },
    );
    return matchedCount === 1;
  }

  /**
   * Replaces the one before, unless that was made after `notAfter` by another mail. Index `emailKey`.
   *
   * @returns `null` where no account has the address verified, it is disabled or has no password, or the last mail is too new.
   */
  startByMail(
    emailKey: string,
    mailedReset: MailedReset,
    { now, notAfter }: { now: Date; notAfter: Date },
  ): Promise<ResetOwner | null> {
    const isAllowed = [
      { "mailedReset.mailId": mailedReset.mailId },
      { mailedResetAt: { $exists: false } },
      { mailedResetAt: { $lte: notAfter } },
    ];
    return this.#accounts.findOneAndUpdate(
      { emailKey, isDisabled: false, passwordHash: { $type: "string" }, $or: isAllowed },
      { $set: { mailedReset, mailedResetAt: now } },
      { projection: { username: 1, email: 1 } },
    ) as Promise<ResetOwner | null>;
  }

  async find(id: Id): Promise<FoundResets | null> {
    return this.#accounts.findOne(
      { _id: id },
      { projection: { passwordReset: 1, mailedReset: 1, sessionsValidFrom: 1, username: 1 } },
    );
  }

  /** Sets the password and uses all links up, in one step. @returns `false` when it was used, replaced or has expired, or the sessions were ended meanwhile. */
  async complete(completion: Completion): Promise<boolean> {
    const { id, kind, secretHash, now, from, to, passwordHash } = completion;
    const { matchedCount } = await this.#accounts.updateOne(
      {
        _id: id,
        sessionsValidFrom: from,
        [`${kind}.secretHash`]: secretHash,
        [`${kind}.expiresAt`]: { $gt: now },
      },
      {
        $set: { passwordHash, sessionsValidFrom: to },
        $unset: { passwordReset: 1, ...LINKS_IN_MAILS },
      },
    );
    return matchedCount === 1;
  }
}
