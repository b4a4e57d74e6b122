import type { Account } from "../accounts/account.js";
import type { Id } from "../platform/ids.js";
import type { LimitBytes } from "../quota/repository.js";

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

/** What may be done with an entry or a place. */
export type Right = "read" | "write" | "delete" | "share";

/** How an actor proved who it is. */
export interface Credential {
  readonly kind: "session";
  /** Names the credential in logs and lists; proves nothing. */
  readonly id: string;
}

/** Who does something: an account, by one of its credentials. */
export interface Actor {
  readonly kind: "account";
  /** The `actorId` of everything that is written. */
  readonly id: Id;
  /** As it was when the request was authenticated. */
  readonly account: Account;
  readonly credential: Credential;
  readonly scopes: ReadonlySet<Scope>;
  /** The folder that the credential may not leave; `null` for none. */
  readonly rootFolderId: Id | null;
  /** The namespace that the actor starts in: its own account's. */
  readonly home: {
    readonly ownerId: Id;
    readonly rootFolderId: Id;
    /** What the owner may store, in bytes; `null` is unlimited. */
    readonly limitBytes: LimitBytes;
  };
}

const ALL_SCOPES: ReadonlySet<Scope> = new Set(SCOPES);

/** The actor of a signed-in account: it has all scopes, and may reach all of its namespace. */
export function accountActor(account: Account, credential: Credential): Actor {
  const { id, rootFolderId, usage } = account;
  return {
    kind: "account",
    id,
    account,
    credential,
    scopes: ALL_SCOPES,
    rootFolderId: null,
    home: { ownerId: id, rootFolderId, limitBytes: usage.limitBytes },
  };
}
