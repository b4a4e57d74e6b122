import type { Long } from "mongodb";
import type { Role } from "../accounts/role.js";
import type { Id } from "../platform/ids.js";

/** A use of an invitation by a registration that is under way. */
export interface PendingUse {
  /** The account that the registration is about to make. */
  readonly accountId: Id;
  readonly at: Date;
}

/** An invitation as it is stored. Its token is not: only the SHA-256. */
export interface InvitationDoc {
  /** Names the invitation in lists and paths. It proves nothing. */
  readonly _id: Id;
  readonly secretHash: string;
  /** What the accounts that it makes may do. */
  readonly role: Role;
  /** What they may store; `null` is unlimited. */
  readonly limitBytes: Long | null;
  readonly maxUses: number;
  /** Uses under way are taken off already. */
  readonly usesLeft: number;
  /** Those that are not known to have made their account. Each counts as one use. */
  readonly pending: readonly PendingUse[];
  /** The admin who made it; `null` for the setup link. */
  readonly createdBy: Id | null;
  readonly createdAt: Date;
  /** From when on it is not valid; `null`: never. */
  readonly expiresAt: Date | null;
}

/** An invitation as admins see it. */
export interface Invitation {
  readonly id: Id;
  readonly role: Role;
  readonly limitBytes: number | null;
  readonly maxUses: number;
  readonly usesLeft: number;
  readonly createdBy: Id | null;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
}
