import type { Collection, Db, Long } from "mongodb";
import type { OutboxEvent, WithOutbox } from "../events/event.js";
import type { Id } from "../platform/ids.js";
import type { Role } from "./role.js";
import type { VersionRules } from "./version-rules.js";

/** Room that an upload holds. `uploadId` names its entry in the ledger. */
export interface ReservationEntry {
  readonly uploadId: Id;
  readonly bytes: Long;
}

/** Says that something removed was taken out of the usage already; kept until no other purge can release it, or no job of its removal can still run. */
export interface ReleaseMark {
  /** The version's id, or the file's. */
  readonly id: string;
  readonly at: Date;
}

/**
 * An account that is to be deleted. Until it is `purging` it can be restored. An `emptied` one stays for a moment, so that what requests under
 * way still write is removed too.
 */
export interface Deletion {
  /** Names the deletion in the queue, and takes the place of the account's id in the audit log. */
  readonly id: Id;
  readonly state: "scheduled" | "purging" | "emptied";
  /** Who asked for it: only an admin may restore what an admin has deleted. */
  readonly by: "owner" | "admin";
  /** Whether the account was disabled before. */
  readonly wasDisabled: boolean;
  readonly requestedAt: Date;
  /** From when on the data are removed. */
  readonly purgeAt: Date;
  readonly emptiedAt: Date | null;
}

/** A folder that is on its way to another place; see `FolderMoves`. */
export interface PendingMove {
  readonly id: Id;
  readonly folderId: Id;
  /** The revision that the folder had: the move counts for no later one. */
  readonly folderRevision: number;
  readonly parentId: Id;
  readonly name: string;
  /** What else of the folder changes with it. */
  readonly changes: Readonly<Record<string, unknown>>;
  /** The events of the move. Their actor is the one that began it. */
  readonly events?: readonly OutboxEvent[];
}

/** How an account is stored. Byte and file counts are BSON Longs, so that no server keeps them as doubles. */
export interface AccountDoc extends WithOutbox {
  readonly _id: Id;
  /** As the person wrote it. */
  readonly username: string;
  /** {@link usernameKey} of the username; unique. */
  readonly usernameKey: string;
  /** argon2id in PHC string format, with its parameters; `null` where nobody can sign in with a password. */
  readonly passwordHash: string | null;
  readonly role: Role;
  /** Whether nothing may be done as this account: none of its credentials is valid. */
  readonly isDisabled: boolean;
  /** A link that an admin has made, by which the password may be set once. */
  readonly passwordReset?: { readonly secretHash: string; readonly expiresAt: Date };
  /** A link that was sent by mail, to the same end. Only the mail that made it may make it again. */
  readonly mailedReset?: {
    readonly secretHash: string;
    readonly expiresAt: Date;
    readonly mailId: Id;
  };
  /** When the last such link was made. */
  readonly mailedResetAt?: Date;
  /** Missing where the account has none. */
  readonly email?: string;
  /** `addressKey` of `email`, there only where that is verified; unique. */
  readonly emailKey?: string;
  /** An address that a link was sent to, and that becomes `email` by it. */
  readonly pendingEmail?: {
    readonly address: string;
    readonly secretHash: string;
    readonly expiresAt: Date;
    readonly mailId: Id;
  };
  /** When the last such link was made. */
  readonly pendingEmailAt?: Date;
  /** Says that this admin is about to be demoted or disabled; see `AccountAdministration`. */
  readonly leavingAdmins?: { readonly token: Id; readonly at: Date };
  /** Set while the account is to be deleted, or its data are being removed; see `AccountDeletions`. */
  readonly deletion?: Deletion;
  readonly createdAt: Date;
  /** A session, or a family of tokens, that began before this instant is over. */
  readonly sessionsValidFrom: Date;
  readonly rootFolderId: Id;
  /** Raised by each move of a folder. The one under way is finished before the next begins. */
  readonly tree: { readonly revision: Long; readonly pendingMove: PendingMove | null };
  /** What was in the trash at this instant is gone for every reader, and is being removed. */
  readonly trashEmptiedAt?: Date;
  /** Which earlier versions are kept; missing or `null`: as the installation says. */
  readonly versionRules?: VersionRules | null;
  /** `null` is unlimited. */
  readonly limits: { readonly bytes: Long | null };
  /** What is stored, trash and old versions included. */
  readonly usage: { readonly bytes: Long; readonly files: Long };
  /** `usage.bytes` and the bytes of all reservations, in one number that a condition can compare. */
  readonly allocatedBytes: Long;
  /** The owner was told that the account is nearly full, and it has been so since. */
  readonly isNearlyFull?: true;
  readonly reservations: readonly ReservationEntry[];
  /** What was released and may not be removed yet, so that nothing is released twice. A purge of any size adds some 100 at most. */
  readonly releases: readonly ReleaseMark[];
  /** Raised by each write that changes usage or reservations. */
  readonly revision: Long;
}

/** An account as the rest of the product sees it; its password hash stays in the repository. */
export interface Account {
  readonly id: Id;
  readonly username: string;
  readonly role: Role;
  readonly isDisabled: boolean;
  /** `null` where it has none. */
  readonly email: string | null;
  /** Whether somebody has shown that mails to it arrive. */
  readonly isEmailVerified: boolean;
  /** The address that becomes `email` when it is confirmed; `null` where none is. */
  readonly pendingEmail: string | null;
  /** `null` for an account that is to stay. One that is to be deleted is disabled, too. */
  readonly deletion: Deletion | null;
  readonly createdAt: Date;
  readonly sessionsValidFrom: Date;
  readonly rootFolderId: Id;
  /** `null` unless the trash was emptied, and what was in it is not removed yet. */
  readonly trashEmptiedAt: Date | null;
  /** Which earlier versions are kept; `null`: as the installation says. */
  readonly versionRules: VersionRules | null;
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

/** What is unset where links that were sent by mail are not valid any more. */
export const LINKS_IN_MAILS = { mailedReset: 1, pendingEmail: 1 } as const;

const USERNAME = /^[A-Za-z0-9._-]{3,64}$/;

/** Whether a username is one: 3 to 64 of `A-Z a-z 0-9 . _ -`. */
export function isUsername(username: string): boolean {
  return USERNAME.test(username);
}

/** What makes two usernames the same: their letters, ignoring case. */
export function usernameKey(username: string): string {
  return username.toLowerCase();
}
