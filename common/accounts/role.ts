import type { SecondFactorMethod } from "../factors/factors.js";

/** What a credential may be used for. Each route asks for one. */
export const SCOPES = [
  "files:read",
  "files:write",
  "files:delete",
  "links:write",
  "account:read",
  "account:write",
  "admin",
] as const;
export type Scope = (typeof SCOPES)[number];

/** Ways in which a person proved who it is. */
export type ProofMethod = "password" | SecondFactorMethod | "oidc";

export const ROLES = ["admin", "member", "viewer"] as const;
export type Role = (typeof ROLES)[number];

/** What an account may do at most, by its role. A viewer still looks after its own account: its password and its sessions. */
export const ROLE_SCOPES: Readonly<Record<Role, ReadonlySet<Scope>>> = {
  admin: new Set(SCOPES),
  member: new Set(SCOPES.filter((scope) => scope !== "admin")),
  viewer: new Set(["files:read", "account:read", "account:write"]),
};
