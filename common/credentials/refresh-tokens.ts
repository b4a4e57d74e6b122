import { createHmac, timingSafeEqual } from "node:crypto";
import type { Id } from "../platform/ids.js";
import { isSecretOf, newSecret } from "./secret.js";
import { deriveBytes } from "./signing-keys.js";

/** `stwr_`, the id of the family, the secret, and the tag. Scanners for secrets find it by this. */
const REFRESH_TOKEN = /^stwr_([A-Za-z0-9_-]{21}[AQgw])([A-Za-z0-9_-]{43})([A-Za-z0-9_-]{16})$/;

const TAG_BYTES = 12;

/** A refresh token in its parts. */
export interface RefreshToken {
  readonly familyId: Id;
  /** Whose hash the family's document has while the token is the latest. */
  readonly secret: string;
  /** Says that this server has made the token: an old one is told from one that somebody made up. */
  readonly tag: string;
}

/** Reads what {@link formatRefreshToken} wrote; `undefined` for anything else. */
export function parseRefreshToken(text: string): RefreshToken | undefined {
  const [, familyId, secret, tag] = REFRESH_TOKEN.exec(text) ?? [];
  if (familyId === undefined || secret === undefined || tag === undefined) return undefined;
  return { familyId, secret, tag };
}

export function formatRefreshToken({ familyId, secret, tag }: RefreshToken): string {
  return `stwr_${familyId}${secret}${tag}`;
}

/** Whether a text is meant to be a refresh token, well-formed or not. */
export const isLikeRefreshToken = (text: string) => text.startsWith("stwr_");

type Untagged = Pick<RefreshToken, "familyId" | "secret">;

/**
 * Makes refresh tokens. The first of a family is random. Each next one is derived from the one before and a secret of the configuration: so two
 * requests with the same token get the same next one, on any web process, and nothing secret is stored.
 */
export class RefreshTokens {
  readonly #keys: readonly Buffer[];

  /** @param secrets - The first makes new tokens, all recognise older ones. */
  constructor(secrets: readonly string[]) {
    this.#keys = secrets.map((secret) => deriveBytes(secret, "refresh token"));
  }

  /** The first token of a family. */
  first(familyId: Id): RefreshToken {
    return tagged(this.#first, { familyId, secret: newSecret() });
  }

  /** The token that follows. */
  next(token: RefreshToken): RefreshToken {
    return nextOf(this.#first, token);
  }

  /**
   * The token that followed. Another process may have made it, whose first secret is another one.
   *
   * @param hash - What is stored of it.
   */
  successor(token: RefreshToken, hash: string): RefreshToken | undefined {
    return this.#keys
      .map((key) => nextOf(key, token))
      .find(({ secret }) => isSecretOf(secret, hash));
  }

  /** Whether one of the secrets has made the token, in constant time for each. */
  isGenuine(token: RefreshToken): boolean {
    const given = Buffer.from(token.tag, "base64url");
    return this.#keys.some((key) => timingSafeEqual(tagOf(key, token), given));
  }

  get #first(): Buffer {
    const [first] = this.#keys;
    if (first === undefined) throw new Error("There is no secret to derive a key from");
    return first;
  }
}

function nextOf(key: Buffer, { familyId, secret }: RefreshToken): RefreshToken {
  const next = mac(key, "next", { familyId, secret }).toString("base64url");
  return tagged(key, { familyId, secret: next });
}

const tagged = (key: Buffer, token: Untagged): RefreshToken => ({
  ...token,
  tag: tagOf(key, token).toString("base64url"),
});

const tagOf = (key: Buffer, token: Untagged) => mac(key, "tag", token).subarray(0, TAG_BYTES);

const mac = (key: Buffer, purpose: string, { familyId, secret }: Untagged) =>
  createHmac("sha256", key).update(`${purpose}\0${familyId}${secret}`).digest();
