import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { type Id, isId } from "../platform/ids.js";

const ID_CHARACTERS = 22;

/** 128 bits. */
const MAC_BYTES = 16;

/**
 * The tokens of links: the link's id, and 128 bits of an HMAC-SHA-256 of it, 44 characters of base64url. Nothing of the HMAC is stored. So the database
 * alone opens nothing, and the owner of a link can see its token again. The first secret makes tokens, all verify them.
 */
export class LinkTokens {
  readonly #keys: readonly Buffer[];

  /** @param secrets - At least one. */
  constructor(secrets: readonly string[]) {
    this.#keys = secrets.map(deriveKey);
  }

  make(id: Id): string {
    const [key] = this.#keys;
    if (key === undefined) throw new Error("There is no secret to make tokens with");
    return id + macOf(key, id).toString("base64url");
  }

  /** The id of the link whose token this is; `undefined` where it is none. Takes the same time for every text of the right length. */
  read(token: string): Id | undefined {
    const id = token.slice(0, ID_CHARACTERS);
    const given = Buffer.from(token.slice(ID_CHARACTERS), "base64url");
    if (!isId(id) || given.length !== MAC_BYTES) return undefined;
    // Other spellings of the same bytes are no tokens: one link has one token.
    if (given.toString("base64url") !== token.slice(ID_CHARACTERS)) return undefined;
    const matches = this.#keys.map((key) => timingSafeEqual(macOf(key, id), given));
    return matches.includes(true) ? id : undefined;
  }

  /** A text that proves something about a link for a while, such as that its password was given. @param purpose - No two uses have the same. */
  sign(purpose: string, text: string): string {
    const [key] = this.#keys;
    if (key === undefined) throw new Error("There is no secret to sign with");
    return signatureOf(key, purpose, text).toString("base64url");
  }

  /** Whether {@link sign} made a signature, with any of the secrets. In constant time. */
  isSigned(purpose: string, text: string, signature: string): boolean {
    const given = Buffer.from(signature, "base64url");
    return this.#keys
      .map((key) => signatureOf(key, purpose, text))
      .map((own) => own.length === given.length && timingSafeEqual(own, given))
      .includes(true);
  }
}

function deriveKey(secret: string): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, Buffer.alloc(0), "stowage link", 32));
}

const macOf = (key: Buffer, id: Id) =>
  createHmac("sha256", key).update(`token\0${id}`).digest().subarray(0, MAC_BYTES);

const signatureOf = (key: Buffer, purpose: string, text: string) =>
  createHmac("sha256", key).update(`signed\0${purpose}\0${text}`).digest();
