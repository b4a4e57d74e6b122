import type { Scope } from "../accounts/role.js";
import type { Entry, Folder } from "../entries/entry.js";
import type { ShareRole } from "../shares/share.js";
import { type Actor, type Right, uploadingOf } from "./actor.js";
import { InsufficientRoleError, InsufficientScopeError } from "./errors.js";
import { chainOf, type Reached } from "./finder.js";
import { giveEntry, givePlace, type Granted, type Place } from "./grants.js";

const SCOPE_FOR: Record<Right, Scope> = {
  read: "files:read",
  write: "files:write",
  delete: "files:delete",
  share: "links:write",
};

/** What a role on a shared entry allows. */
const RIGHTS_OF_ROLE: Readonly<Record<ShareRole, readonly Right[]>> = {
  viewer: ["read"],
  editor: ["read", "write", "delete"],
  manager: ["read", "write", "delete", "share"],
};

/** Gives out what an actor reaches, if its role allows that. */
export function give<E extends Entry | Folder, R extends Right>(
  actor: Actor,
  found: Reached<E>,
  right: R,
): Granted<E, R> {
  requireRole(found, right);
  const { entry, above, path } = found;
  const isTopOfShare = found.role !== null && found.isTopmost;
  const granted = { entry, right, actorId: actor.id, above, path };
  return giveEntry({
    ...granted,
    ...(isTopOfShare && { isTopOfShare }),
    ...(found.role !== null && { sharedAs: found.role }),
  });
}

/** Gives out a folder to put something into, if the role of the actor allows that. */
export function placeOf(actor: Actor, found: Reached<Folder>): Place {
  requireRole(found, "write");
  const { ownerId, rootFolderId, limitBytes, versionRules } = found.home;
  const { entry, path } = found;
  const above = chainOf(found);
  const folder = { ownerId, rootFolderId, folderId: entry._id, above, path };
  const byLink = uploadingOf(actor);
  return givePlace({ ...folder, actorId: actor.id, limitBytes, versionRules, byLink });
}

/** @throws InsufficientScopeError when the credential lacks the scope of a right. */
export function requireScope({ scopes }: Actor, right: Right): void {
  if (!scopes.has(SCOPE_FOR[right])) throw new InsufficientScopeError(SCOPE_FOR[right]);
}

/** @throws InsufficientRoleError when the role of a share lacks a right. */
export function requireRole({ role }: Pick<Reached, "role">, right: Right): void {
  if (role !== null && !RIGHTS_OF_ROLE[role].includes(right)) {
    throw new InsufficientRoleError(role);
  }
}
