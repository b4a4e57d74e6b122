import type { Id } from "../platform/ids.js";

/**
 * What somebody may do with an entry of another account, and with all below it, weakest first:
 *
 * - `viewer`: read.
 * - `editor`: also change, add and delete.
 * - `manager`: also share, and make links.
 */
export const SHARE_ROLES = ["viewer", "editor", "manager"] as const;
export type ShareRole = (typeof SHARE_ROLES)[number];

/** Who is given a share. */
export type GranteeKind = "account" | "group";

/** A document of `shares`: a role of an account or group on an entry of another account. An entry has one for each of them. */
export interface ShareDoc {
  readonly _id: Id;
  /** Whose entry it is. */
  readonly ownerId: Id;
  readonly entryId: Id;
  readonly entryKind: "file" | "folder";
  readonly granteeKind: GranteeKind;
  readonly granteeId: Id;
  readonly role: ShareRole;
  /** Who gave it, with this role: the owner, or who was a manager then. It is valid for as long as that account may share the entry. */
  readonly actorId: Id;
  readonly createdAt: Date;
}

/** A document of `groups`: accounts that are given shares as one. */
export interface GroupDoc {
  readonly _id: Id;
  /** Who made the group, and looks after it. */
  readonly ownerId: Id;
  readonly name: string;
  readonly memberIds: readonly Id[];
  readonly createdAt: Date;
}

/** The strongest of some roles; `undefined` where there is none. */
export function strongest(roles: readonly ShareRole[]): ShareRole | undefined {
  return SHARE_ROLES.findLast((role) => roles.includes(role));
}

/** Whether a role allows more than another. */
export const isStronger = (role: ShareRole, other: ShareRole): boolean =>
  SHARE_ROLES.indexOf(role) > SHARE_ROLES.indexOf(other);
