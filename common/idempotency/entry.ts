import type { Long } from "mongodb";
import type { Id } from "../platform/ids.js";

/**
 * A document of `idempotencyKeys`: a request that stores something and may be sent again under the same key. It exists before the
 * request's first upload is in the ledger, and names each upload: so the next try can tell what became of them.
 */
export interface IdempotencyEntry {
  _id: Id;
  /** Each actor has keys of its own. */
  actorId: Id;
  /** As the client sent it; after the root folder of a credential that has one. */
  key: string;
  /** Digest of what the request says before its body. */
  requestDigest: string;
  /** The files of the request, in their order. `null`: refused before it was admitted, while a later file was not. */
  files: (KeyedFile | null)[];
  /** `null` until everything is stored. */
  answer: StoredAnswer | null;
  /** Names the try that works on the request. Every update names it: a try that lost its lease changes nothing any more. */
  attempt: Id;
  leaseUntil: Date;
  /** MongoDB removes the entry then. */
  expiresAt: Date;
}

/** One file of a request with a key. */
export interface KeyedFile {
  /** As it was sent. */
  name: string;
  /** Digest of what the request says in its body about the place of the file. Missing: nothing. */
  where?: string;
  /** Names the upload in the ledger. */
  ownerId: Id;
  uploadId: Id;
  /** Recorded before the file is published; `null` until then. */
  content: { sizeBytes: Long; sha256: string } | null;
}

/** A success, as it was sent and will be sent again. */
export interface StoredAnswer {
  status: number;
  /** Header fields that say where the stored things are and which state they have. */
  headers: Record<string, string>;
  /** JSON. */
  body: string;
}
