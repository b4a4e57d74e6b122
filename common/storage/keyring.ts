import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  randomBytes,
} from "node:crypto";
import type { KeyObject } from "node:crypto";
import { Binary, type ObjectId } from "mongodb";
import type { EncryptionKey } from "../platform/setting.js";
import { EncryptionKeyError } from "./errors.js";

const ALGORITHM = "aes-256-gcm";
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const OPTIONS = { authTagLength: TAG_BYTES };

/** A blob's data key, wrapped with a master key. */
export interface WrappedKey {
  /** The id of the master key, as `ENCRYPTION_KEYS` names it. */
  keyId: string;
  /** Nonce (12 bytes), ciphertext of the data key (32) and tag (16). */
  wrappedKey: Binary;
}

/**
 * The master keys. Each blob has a random data key of its own, which is kept only wrapped: AES-256-GCM under a master key, with a
 * random nonce and with blob id and key id authenticated, so that no blob's wrapped key serves for another.
 */
export class Keyring {
  /** What new data keys are wrapped with; `undefined` where nothing is encrypted. */
  readonly currentKeyId: string | undefined;
  readonly #keys: ReadonlyMap<string, KeyObject>;

  /** @param keys - The current one first. */
  constructor(keys: readonly EncryptionKey[]) {
    this.currentKeyId = keys[0]?.id;
    this.#keys = new Map(keys.map(({ id, key }) => [id, key]));
  }

  has(keyId: string): boolean {
    return this.#keys.has(keyId);
  }

  /** The ids of all master keys, the current one first. */
  get keyIds(): readonly string[] {
    return [...this.#keys.keys()];
  }

  /**
   * A key for one purpose that follows from a master key (HKDF-SHA-256, RFC 5869), for what belongs to no blob.
   *
   * @throws {@link EncryptionKeyError} when the master key is not there.
   */
  derive(keyId: string, purpose: string): KeyObject {
    const key = hkdfSync("sha256", this.#masterKey(keyId), Buffer.alloc(0), purpose, KEY_BYTES);
    return createSecretKey(Buffer.from(key));
  }

  /** A new data key for a new blob, or `null` where nothing is to be encrypted. */
  newDataKey(blobId: ObjectId): WrappedKey | null {
    if (this.currentKeyId === undefined) return null;
    return this.#wrap(blobId, this.currentKeyId, randomBytes(KEY_BYTES));
  }

  /** @throws {@link EncryptionKeyError} when the master key is not there, or is not the one that this was wrapped with. */
  unwrap(blobId: ObjectId, { keyId, wrappedKey }: WrappedKey): KeyObject {
    const wrapped = wrappedKey.value();
    if (wrapped.length !== NONCE_BYTES + KEY_BYTES + TAG_BYTES) {
      throw new EncryptionKeyError(keyId, "a wrapped data key has not the length it must have");
    }
    const tagAt = NONCE_BYTES + KEY_BYTES;
    const nonce = wrapped.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv(ALGORITHM, this.#masterKey(keyId), nonce, OPTIONS);
    decipher.setAAD(claimOf(blobId, keyId)).setAuthTag(wrapped.subarray(tagAt));
    const dataKey = decipher.update(wrapped.subarray(NONCE_BYTES, tagAt));
    try {
      decipher.final();
    } catch (cause) {
      throw new EncryptionKeyError(keyId, "the key of this id does not open a data key", { cause });
    }
    return createSecretKey(dataKey);
  }

  /**
   * The same data key, wrapped with the current master key.
   *
   * @throws {@link EncryptionKeyError} as {@link unwrap} does, and where there is no current key.
   */
  rewrap(blobId: ObjectId, wrapped: WrappedKey): WrappedKey {
    const dataKey = this.unwrap(blobId, wrapped);
    return this.#wrap(blobId, this.currentKeyId ?? wrapped.keyId, dataKey.export());
  }

  #wrap(blobId: ObjectId, keyId: string, dataKey: Buffer): WrappedKey {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#masterKey(keyId), nonce, OPTIONS);
    cipher.setAAD(claimOf(blobId, keyId));
    const encrypted = Buffer.concat([nonce, cipher.update(dataKey), cipher.final()]);
    return { keyId, wrappedKey: new Binary(Buffer.concat([encrypted, cipher.getAuthTag()])) };
  }

  #masterKey(keyId: string): KeyObject {
    const key = this.#keys.get(keyId);
    if (key === undefined) throw new EncryptionKeyError(keyId, "the key of this id is not set");
    return key;
  }
}

/** The blob id has a fixed length, so the two cannot run into each other. */
const claimOf = (blobId: ObjectId, keyId: string) => Buffer.concat([blobId.id, Buffer.from(keyId)]);
