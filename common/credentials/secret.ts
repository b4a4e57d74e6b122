import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Id } from "../platform/ids.js";

/** A new secret: 256 random bits in base64url, 43 characters. */
export function newSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** What is stored of a secret: its SHA-256 in base64url. A secret of 256 random bits needs no slow hash. */
export function secretHash(secret: string): string {
  return createHash("sha256").update(secret).digest("base64url");
}

/** Whether a secret belongs to a hash, in constant time. */
export function isSecretOf(secret: string, hash: string): boolean {
  const [given, stored] = [Buffer.from(secretHash(secret)), Buffer.from(hash)];
  return given.length === stored.length && timingSafeEqual(given, stored);
}

/**
 * The id of a credential whose secret has no id in it, such as a cookie: 128 bits of another digest than the stored one.
 */
export function idOfSecret(secret: string): Id {
  const digest = createHash("sha256").update("stowage credential id\0").update(secret).digest();
  return digest.subarray(0, 16).toString("base64url");
}
