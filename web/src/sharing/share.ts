import type { FileEntry, FolderEntry } from "../files/entry.js";
import { ask } from "../http/api.js";

export const ROLES = ["viewer", "editor", "manager"] as const;
export type Role = (typeof ROLES)[number];

interface Person {
  readonly id: string;
  /** `null` if the account is gone. */
  readonly username: string | null;
}

/** An entry is shared with an account or a group; see `openapi/components/schemas/shares.yaml`. */
export interface Share {
  readonly id: string;
  readonly entryId: string;
  readonly role: Role;
  readonly owner: Person;
  readonly grantee: {
    readonly kind: "account" | "group";
    readonly id: string;
    readonly name: string | null;
  };
  readonly by: Person;
  /** Whether it counts: what a manager has shared ends with the manager's own role. */
  readonly isValid: boolean;
}

/** Something that others share, as `GET /shared` lists it. */
export interface Shared {
  readonly share: Share;
  readonly entry: FileEntry | FolderEntry;
}

type Grantee = { readonly username: string } | { readonly groupId: string };

/** Who has a share already gets the new role. @throws Problem */
export const giveShare = (entryId: string, role: Role, to: Grantee) =>
  ask<Share>("POST", "/shares", { body: { entryId, role, ...to } });

/** @throws Problem */
export const changeRole = (id: string, role: Role) =>
  ask<Share>("PATCH", `/shares/${id}`, { body: { role } });

/** @throws Problem */
export const endShare = (id: string) => ask<undefined>("DELETE", `/shares/${id}`);

/** Gives what others share a name among one's own files. @throws Problem */
export const mount = (entryId: string) => ask("POST", "/mounts", { body: { entryId } });
