import type { Collection, Db, Long } from "mongodb";
import type { Id } from "../platform/ids.js";

/** Room that an upload holds. `uploadId` names its entry in the ledger. */
export interface ReservationEntry {
  readonly uploadId: Id;
  readonly bytes: Long;
}

/** Says that something removed was taken out of the usage already; kept until no job of its removal can still run. */
export interface ReleaseMark {
  /** The version's id, or the file's. */
  readonly id: string;
  readonly at: Date;
}

/** How an account is stored. Byte and file counts are BSON Longs, so that no server keeps them as doubles. */
export interface AccountDoc {
  readonly _id: Id;
  /** As the person wrote it. */
  readonly username: string;
  /** {@link usernameKey} of the username; unique. */
  readonly usernameKey: string;
  /** argon2id in PHC string format, with its parameters. */
  readonly passwordHash: string;
  readonly createdAt: Date;
  /** A session that began before this instant is over. */
  readonly sessionsValidFrom: Date;
  readonly rootFolderId: Id;
  /** `null` is unlimited. */
  readonly limits: { readonly bytes: Long | null };
  /** What is stored, trash and old versions included. */
  readonly usage: { readonly bytes: Long; readonly files: Long };
  /** `usage.bytes` and the bytes of all reservations, in one number that a condition can compare. */
  readonly allocatedBytes: Long;
  readonly reservations: readonly ReservationEntry[];
  /** What was given back lately, so that nothing is given back twice. */
  readonly releases: readonly ReleaseMark[];
  /** Raised by each write that changes usage or reservations. */
  readonly revision: Long;
}

/** An account as the rest of the product sees it; its password hash stays in the repository. */
export interface Account {
  readonly id: Id;
  readonly username: string;
  readonly createdAt: Date;
  readonly sessionsValidFrom: Date;
  readonly rootFolderId: Id;
  readonly usage: {
    readonly bytes: number;
    /** Held for uploads that are on their way in. */
    readonly reservedBytes: number;
    readonly files: number;
    /** `null` is unlimited. */
    readonly limitBytes: number | null;
  };
}

/**
 * The collection that holds an {@link AccountDoc} per account. Longs are read as Longs, so that the type above tells the
 * truth in both directions.
 */
export function accountCollection(db: Db): Collection<AccountDoc> {
  return db.collection<AccountDoc>("accounts", { promoteLongs: false });
}

const USERNAME = /^[A-Za-z0-9._-]{3,64}$/;

/** Whether a username is one: 3 to 64 of `A-Z a-z 0-9 . _ -`. */
export function isUsername(username: string): boolean {
  return USERNAME.test(username);
}

/** What makes two usernames the same: their letters, ignoring case. */
export function usernameKey(username: string): string {
  return username.toLowerCase();
}
