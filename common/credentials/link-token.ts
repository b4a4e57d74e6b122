import { type Id, isId } from "../platform/ids.js";
import { NotFoundError } from "../platform/errors.js";
import { isSecretOf } from "./secret.js";

/** How long a link is valid that somebody gets, to set a password or to confirm an address. */
export const LINK_VALID_FOR_MS = 24 * 60 * 60_000;

const ID_CHARACTERS = 22;

/** A link as it is stored; its secret is not. */
export interface StoredLink {
  readonly secretHash: string;
  readonly expiresAt: Date;
}

/** The token of a link: the id of its account and its secret, 65 characters. */
export const linkToken = (accountId: Id, secret: string): string => accountId + secret;

/** Reads what {@link linkToken} has made. @throws {@link NotFoundError} when the text is not such a token. */
export function readLinkToken(token: string): { readonly id: Id; readonly secret: string } {
  const [id, secret] = [token.slice(0, ID_CHARACTERS), token.slice(ID_CHARACTERS)];
  if (!isId(id)) throw noLink();
  return { id, secret };
}

/** Whether a secret is that of a link which is still valid. */
export function isLinkValid(link: StoredLink | undefined, secret: string, now: Date): boolean {
  return link !== undefined && isSecretOf(secret, link.secretHash) && link.expiresAt > now;
}

/** A link is unknown, has expired, was used, replaced or revoked: these are never told apart. */
export const noLink = () => new NotFoundError("link, or it is not valid any more");
