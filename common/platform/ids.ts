import { createHash, randomBytes } from "node:crypto";
import { ObjectId } from "mongodb";

/** Identifies everything but blobs: 128 random bits in base64url, 22 characters. */
export type Id = string;

const ID = /^[A-Za-z0-9_-]{21}[AQgw]$/;

/** A new, unguessable {@link Id}. */
export function newId(): Id {
  return randomBytes(16).toString("base64url");
}

/** An {@link Id} that follows from two others: who makes something again under it finds what was made before. As hard to guess as they are. */
export function derivedId(one: Id, other: Id): Id {
  const digest = createHash("sha256").update(`${one} ${other}`).digest();
  return digest.subarray(0, 16).toString("base64url");
}

/** Whether a text from outside has the form of an {@link Id}; only the canonical form of the last character counts. */
export function isId(text: string): boolean {
  return ID.test(text);
}

/**
 * A new blob id: an ObjectId, which every GridFS tool takes, of 12 random bytes instead of a time stamp and a counter, so
 * that writes spread over shards and an id tells nothing.
 */
export function newBlobId(): ObjectId {
  return new ObjectId(randomBytes(12));
}
