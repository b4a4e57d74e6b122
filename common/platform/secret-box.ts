import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

const CIPHER = "aes-256-gcm";
const KEY_BYTES = 32;
const KEY_ID_BYTES = 9;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A small secret, encrypted. */
export interface SealedSecret {
  /** Names the key that opens it. */
  readonly keyId: string;
  /** Nonce, ciphertext and tag, in base64url. */
  readonly sealed: string;
}

interface Options {
  /** The current one first. Without any, nothing can be sealed or opened. */
  readonly secrets: readonly string[];
  /** Goes into the keys, so that what was sealed for one purpose does not open for another. */
  readonly purpose: string;
  /** The error for a secret that no key opens. */
  readonly missing: (keyId: string, options?: ErrorOptions) => Error;
}

interface Key {
  readonly id: string;
  readonly key: Buffer;
}

/**
 * Encrypts small secrets with AES-256-GCM. The keys are derived by HKDF-SHA-256 (RFC 5869) from the secrets of the configuration: the first seals,
 * all open. A sealed secret opens only for the owner that it was sealed for: an id that is bound to it.
 */
export class SecretBox {
  readonly #current: Key | undefined;
  readonly #keys: ReadonlyMap<string, Key>;
  readonly #missing: Options["missing"];

  constructor({ secrets, purpose, missing }: Options) {
    const keys = secrets.map((secret) => deriveKey(secret, purpose));
    this.#missing = missing;
    this.#current = keys[0];
    this.#keys = new Map(keys.map((key) => [key.id, key]));
  }

  /** The keys that it opens with. */
  get keyIds(): readonly string[] {
    return [...this.#keys.keys()];
  }

  seal(secret: Buffer, ownerId: string): SealedSecret {
    if (this.#current === undefined) throw new Error("The box has no key");
    const { id, key } = this.#current;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(Buffer.from(ownerId));
    const parts = [nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()];
    return { keyId: id, sealed: Buffer.concat(parts).toString("base64url") };
  }

  /** @throws what `missing` makes, when no secret of the configuration opens it. */
  open({ keyId, sealed }: SealedSecret, ownerId: string): Buffer {
    const key = this.#keys.get(keyId);
    if (key === undefined) throw this.#missing(keyId);
    const bytes = Buffer.from(sealed, "base64url");
    const nonce = bytes.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv(CIPHER, key.key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(ownerId));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    try {
      return Buffer.concat([
        decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)),
        decipher.final(),
      ]);
    } catch (error) {
      throw this.#missing(keyId, { cause: error });
    }
  }

  /** The same secret, sealed with the current key. */
  renew(secret: SealedSecret, ownerId: string): SealedSecret {
    if (secret.keyId === this.#current?.id) return secret;
    return this.seal(this.open(secret, ownerId), ownerId);
  }
}

function deriveKey(secret: string, purpose: string): Key {
  const derive = (info: string, bytes: number) =>
    Buffer.from(hkdfSync("sha256", secret, Buffer.alloc(0), info, bytes));
  return {
    id: derive(`stowage ${purpose} key id`, KEY_ID_BYTES).toString("base64url"),
    key: derive(`stowage ${purpose} key`, KEY_BYTES),
  };
}
