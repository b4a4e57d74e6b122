import type { TokenForge } from "./access-tokens.js";

/** Credentials that are valid, or were, to make malformed ones of. */
export interface Stash {
  readonly forge: TokenForge;
  readonly refreshToken: string;
  readonly username: string;
  readonly key: string;
  readonly revokedKey: string;
  readonly expiredKey: string;
  readonly keyOfDisabled: string;
  readonly keyFromElsewhere: string;
  /** Both halves of the cookie of a session: its id and the signature. */
  readonly session: Cookie;
  readonly otherSession: Cookie;
  readonly endedSession: Cookie;
  readonly sessionOfDisabled: Cookie;
  /** Signed with a secret that is not ours. */
  readonly foreignSession: Cookie;
}

export interface Cookie {
  readonly id: string;
  readonly sig: string;
}

/** What a door answers: 401 with a code, or what the parser of HTTP answers before anything is read. */
export type Outcome = "invalid-token" | "unauthenticated" | 400 | 431;

/** The lines of the header that carry the credential. */
type Make = (stash: Stash) => readonly string[] | Promise<readonly string[]>;

export type Row = readonly [title: string, outcome: Outcome, make: Make];

export const base64 = (text: string | Buffer) => Buffer.from(text).toString("base64");
export const line = (value: string) => [`Authorization: ${value}`];
export const basic = (text: string | Buffer) => line(`Basic ${base64(text)}`);
export const cookie = ({ id, sig }: Cookie) => [
  `Cookie: stowage_session=${id}; stowage_session.sig=${sig}`,
];

/** A text whose capitals are small, and the reverse. */
export const swapped = (text: string) =>
  text.replace(/[a-z]/gi, (c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase()));
