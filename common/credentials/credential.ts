import type { ProofMethod, Scope } from "../accounts/role.js";
import type { Id } from "../platform/ids.js";

/**
 * The kinds of credentials: the cookie of a browser, a family of refresh tokens with its access tokens, and an API key.
 * Each kind has the same record, so that all of them are in one list, and each ends in the same way.
 */
export const CREDENTIAL_KINDS = ["session", "token", "api-key"] as const;
export type CredentialKind = (typeof CREDENTIAL_KINDS)[number];

/** From where and with which program a credential was used. */
export interface ClientTrace {
  /** The network of the client: an IPv4 address without its last 8 bits, an IPv6 address without its last 80. */
  readonly addressPrefix: string;
  /** The `User-Agent`, at most 256 characters; `null` where the request had none. */
  readonly userAgent: string | null;
}

/** A credential as it is stored. Its secret is not: only its SHA-256. */
export interface CredentialDoc {
  /** Names the credential in lists, logs and paths. It proves nothing. */
  readonly _id: Id;
  readonly accountId: Id;
  readonly kind: CredentialKind;
  /** {@link secretHash} of what the client has. */
  readonly secretHash: string;
  /** What it may be used for; `null`: all that the account may do. It never gives more than the account's role. */
  readonly scopes: readonly Scope[] | null;
  /** The folder that it may not leave; `null` for none. */
  readonly rootFolderId: Id | null;
  /** The networks that it may be used from, in CIDR notation; `null` for all. */
  readonly addressRanges: readonly string[] | null;
  /** What its owner calls it; `null` where it has no name. */
  readonly name: string | null;
  /** How its owner signed in for it; empty for API keys. */
  readonly methods: readonly ProofMethod[];
  readonly createdAt: Date;
  /** From when on it is not valid; `null`: never. */
  readonly expiresAt: Date | null;
  /** Coarse: it is written once a minute at most. */
  readonly lastUsedAt: Date | null;
  /** The latest use that was written. */
  readonly client: ClientTrace | null;
  /** The session that a family of tokens was begun from: the family ends with it. Missing where it was begun with a password. */
  readonly sessionId?: Id;
  /** What only one kind has. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** A credential without its secret's hash, for its owner. */
export type Credential = Omit<CredentialDoc, "_id" | "secretHash"> & { readonly id: Id };
