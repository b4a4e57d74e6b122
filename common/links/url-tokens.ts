import type { UrlLinkDoc } from "./link.js";
import type { LinkTokens } from "./tokens.js";

const LINK_TOKEN_CHARACTERS = 44;

type Terms = Omit<
  UrlLinkDoc,
  | "kind"
  | "label"
  | "isEnabled"
  | "createdAt"
  | "revokedAt"
  | "removeAt"
  | "lastUsedAt"
  | "revision"
>;

/**
 * The tokens of expiring URLs, 87 characters: the token of the link, as {@link LinkTokens} makes it, and a seal. The seal is an HMAC-SHA-256 of all that
 * the URL is for: link, owner, maker, file, version, method, name, disposition and expiry. So a document that was changed behind our back opens nothing.
 */
export class UrlTokens {
  readonly #tokens: LinkTokens;

  constructor(tokens: LinkTokens) {
    this.#tokens = tokens;
  }

  make(link: Terms): string {
    return this.#tokens.make(link._id) + this.#tokens.sign("url", textOf(link));
  }

  /** The token of the link that a text begins with, if it is one at all. */
  linkTokenOf(token: string): string {
    return token.slice(0, LINK_TOKEN_CHARACTERS);
  }

  /** Whether the seal is that of a link as it is stored. In constant time. */
  isSealed(link: Terms, token: string): boolean {
    return this.#tokens.isSigned("url", textOf(link), token.slice(LINK_TOKEN_CHARACTERS));
  }
}

/** A list, so that no two links have the same text. */
const textOf = ({ expiresAt, ...link }: Terms) =>
  JSON.stringify([
    link._id,
    link.ownerId,
    link.actorId,
    link.entryId,
    link.entryKind,
    link.method,
    link.versionId,
    link.fileName,
    link.disposition,
    expiresAt?.getTime() ?? null,
  ]);
