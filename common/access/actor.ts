import type { Account } from "../accounts/account.js";
import { type ProofMethod, ROLE_SCOPES, type Scope } from "../accounts/role.js";
import type { VersionRules } from "../accounts/version-rules.js";
import type { ClientTrace, CredentialKind } from "../credentials/credential.js";
import type { EventActor } from "../events/event.js";
import type { Id } from "../platform/ids.js";
import { RestrictedCredentialError } from "./errors.js";
import type { LinkUploading } from "./link-uploading.js";
import type { LimitBytes } from "../quota/repository.js";

/** What may be done with an entry or a place. */
export type Right = "read" | "write" | "delete" | "share";

/** How an actor proved who it is. */
export interface UsedCredential {
  readonly kind: CredentialKind;
  /** Names the credential in logs and lists; proves nothing. */
  readonly id: string;
  /** How the person signed in for it; empty for API keys. */
  readonly methods: readonly ProofMethod[];
  /** When; only a session says so. */
  readonly signedInAt?: Date;
  /** What it may be used for; by default all that the account may do. */
  readonly scopes?: readonly Scope[] | null;
  /** The folder that it may not leave; by default none. */
  readonly rootFolderId?: Id | null;
}

/** Who does something: an account, by one of its credentials, or a link. */
export type Actor = AccountActor | LinkActor;

interface AnyActor {
  /** The `actorId` of everything that is written. */
  readonly id: Id;
  /** What it may be used for at most. */
  readonly scopes: ReadonlySet<Scope>;
  /** The folder that the credential may not leave, or the only file that it reaches; `null` for none. */
  readonly rootFolderId: Id | null;
  /** The namespace that the actor starts in. */
  readonly home: {
    readonly ownerId: Id;
    readonly rootFolderId: Id;
    /** What the owner may store, in bytes; `null` is unlimited. */
    readonly limitBytes: LimitBytes;
    /** Which earlier versions the owner keeps; `null`: the rules of the installation count. */
    readonly versionRules: VersionRules | null;
  };
}

/** An account, by one of its credentials. It starts in its own namespace. */
export interface AccountActor extends AnyActor {
  readonly kind: "account";
  /** As it was when the request was authenticated. */
  readonly account: Account;
  readonly credential: Pick<UsedCredential, "kind" | "id" | "methods" | "signedInAt">;
}

/** A link, used by anybody who has it. It is its own credential, and it starts in the namespace of its owner. */
export interface LinkActor extends AnyActor {
  readonly kind: "link";
  readonly rootFolderId: Id;
  readonly credential: { readonly kind: "link"; readonly id: Id };
  /** What its uploads are held to. */
  readonly uploading: LinkUploading;
}

/** A link as far as it says what its actor may do. */
export interface LinkTerms {
  readonly _id: Id;
  /** The folder that it may not leave, or the only file that it reaches. */
  readonly entryId: Id;
  readonly scopes: readonly Scope[];
  /** How it uploads. Default: names that are taken get a number, and only the owner's quota limits it. */
  readonly uploading?: Pick<LinkUploading, "onConflict" | "limits">;
}

/** Before the request has said who uploads. */
const NO_CLIENT = { addressPrefix: "", userAgent: null };

/** The actor of a link to an entry of an account. Its id is the link's. */
export function linkActor(account: Account, link: LinkTerms): LinkActor {
  return {
    kind: "link",
    id: link._id,
    credential: { kind: "link", id: link._id },
    scopes: new Set(link.scopes),
    rootFolderId: link.entryId,
    uploading: {
      linkId: link._id,
      client: NO_CLIENT,
      ...(link.uploading ?? { onConflict: "rename", limits: null }),
    },
    home: homeOf(account),
  };
}

/** The actor of an account. A credential only narrows what the account's role allows. */
export function accountActor(
  account: Account,
  {
    kind,
    id: credentialId,
    methods,
    signedInAt,
    scopes = null,
    rootFolderId = null,
  }: UsedCredential,
): AccountActor {
  const { id } = account;
  const ofRole = ROLE_SCOPES[account.role];
  return {
    kind: "account",
    id,
    account,
    credential: {
      kind,
      id: credentialId,
      methods,
      ...(signedInAt !== undefined && { signedInAt }),
    },
    scopes: scopes === null ? ofRole : new Set(scopes.filter((scope) => ofRole.has(scope))),
    rootFolderId,
    home: homeOf(account),
  };
}

/** The same actor, with the client that uploads: the log of the link names it. */
export const uploadingFrom = (actor: LinkActor, client: ClientTrace): LinkActor => ({
  ...actor,
  uploading: { ...actor.uploading, client },
});

/** What uploads of an actor are held to, if it is a link. */
export const uploadingOf = (actor: Actor): LinkUploading | undefined =>
  actor.kind === "link" ? actor.uploading : undefined;

/** An actor as the events show it that it causes. */
export const eventActor = ({ id, kind, credential }: Actor): EventActor => ({
  id,
  kind,
  credential: { kind: credential.kind, id: credential.id },
});

/** Whose log of events an actor reads. @throws RestrictedCredentialError where the credential may not leave a folder. */
export function eventOwner({ rootFolderId, home }: AccountActor): Id {
  if (rootFolderId !== null) throw new RestrictedCredentialError();
  return home.ownerId;
}

/** The namespace of an account. */
export function homeOf({ id, rootFolderId, usage, versionRules }: Account): Actor["home"] {
  return { ownerId: id, rootFolderId, limitBytes: usage.limitBytes, versionRules };
}

/** Whether an id is that of an account. Nothing else compares the two. */
export function isAccount({ id }: Pick<Account, "id">, accountId: Id): boolean {
  return id === accountId;
}

/** Whether an actor may read all that there is of its account. An API key may not: it never reads what keys there are. */
export function isWholeAccount({ kind, scopes, rootFolderId, credential }: Actor): boolean {
  const hasScopes = scopes.has("account:read") && scopes.has("files:read");
  const isSignedIn = kind === "account" && credential.kind !== "api-key";
  return isSignedIn && hasScopes && rootFolderId === null;
}
