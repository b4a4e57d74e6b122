import { ask } from "../http/api.js";

interface Member {
  readonly id: string;
  readonly username: string;
}

/** A group of accounts that is given shares as one; see `openapi/components/schemas/shares.yaml`. */
export interface Group {
  readonly id: string;
  readonly name: string;
  /** Who looks after it. */
  readonly owner: { readonly id: string; readonly username: string | null };
  readonly members: readonly Member[];
}

/** @throws Problem */
export const makeGroup = (name: string) => ask<Group>("POST", "/groups", { body: { name } });

/** Its shares end, too. @throws Problem */
export const deleteGroup = (id: string) => ask<undefined>("DELETE", `/groups/${id}`);

/** @throws Problem */
export const addMember = (id: string, username: string) =>
  ask<Group>("POST", `/groups/${id}/members`, { body: { username } });

/** Removes a member, or leaves the group. @throws Problem */
export const removeMember = (id: string, memberId: string) =>
  ask<undefined>("DELETE", `/groups/${id}/members/${memberId}`);
