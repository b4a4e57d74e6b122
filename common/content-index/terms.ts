import { createHmac, createSecretKey, type KeyObject } from "node:crypto";
import type { Id } from "../platform/ids.js";
import type { Keyring } from "../storage/keyring.js";

/** Of a hash: 72 bits, which are 12 characters. */
const TERM_BYTES = 9;

/** Gives the index keys of its own. */
const PURPOSE = "content-index";

/** Where nothing is encrypted, everybody may know the key. */
const OPEN_KEY = createSecretKey(Buffer.from(PURPOSE));

/** Words as they are stored under one key. */
export interface Terms {
  /** The master key that the hashes follow from; `null` where nothing is encrypted. */
  readonly keyId: string | null;
  readonly terms: string[];
}

/**
 * Hashes words for the index: HMAC-SHA-256 over the owner's id and the word, cut to 72 bits. The owner is part of it, so that the terms of one
 * owner say nothing about those of another, and stand together in no index. The key follows from a master key, so that without this nobody can
 * try words. Where content is not encrypted, the key is no secret.
 */
export class TermHashes {
  /** What new documents of the index are hashed with. */
  readonly currentKeyId: string | null;
  readonly #keys: ReadonlyMap<string | null, KeyObject>;

  constructor(keyring: Pick<Keyring, "currentKeyId" | "keyIds" | "derive">) {
    this.currentKeyId = keyring.currentKeyId ?? null;
    const derived = keyring.keyIds.map((id) => [id, keyring.derive(id, PURPOSE)] as const);
    this.#keys = new Map<string | null, KeyObject>([...derived, [null, OPEN_KEY]]);
  }

  /** For a new document, sorted: their order says nothing about that of the words. */
  current(ownerId: Id, words: Iterable<string>): Terms {
    const key = this.#keys.get(this.currentKeyId) ?? OPEN_KEY;
    return { keyId: this.currentKeyId, terms: hashed(key, ownerId, words).sort() };
  }

  /** For a query: under each key that a document may have, in the order of the words. */
  all(ownerId: Id, words: readonly string[]): Terms[] {
    return Array.from(this.#keys, ([keyId, key]) => ({
      keyId,
      terms: hashed(key, ownerId, words),
    }));
  }
}

function hashed(key: KeyObject, ownerId: Id, words: Iterable<string>): string[] {
  const terms = Array.from(words, (word) => {
    const hash = createHmac("sha256", key).update(ownerId).update("\0").update(word).digest();
    return hash.subarray(0, TERM_BYTES).toString("base64url");
  });
  return [...new Set(terms)];
}
