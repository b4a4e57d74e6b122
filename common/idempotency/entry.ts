import type { Long } from "mongodb";
import type { Id } from "../platform/ids.js";

/**
 * A document of `idempotencyKeys`: a request that stores something and may come again under the same key. It is there before the
 * request's first upload is in the ledger, and names each of them: so whoever comes next can tell what became of them.
 */
export interface IdempotencyEntry {
  _id: Id;
  ownerId: Id;
  key: string;
  /** What the request says before its body. */
  requestDigest: string;
  /** The files of the request, in their order. */
  files: KeyedFile[];
  /** `null` until everything is stored. */
  answer: StoredAnswer | null;
  /** Names the try that works on the request. Every update names it too: one that lost its lease changes nothing any more. */
  attempt: Id;
  leaseUntil: Date;
  /** MongoDB removes the entry then. */
  expiresAt: Date;
}

/** One file of a request with a key. */
export interface KeyedFile {
  /** As it was sent. */
  name: string;
  uploadId: Id;
  /** Recorded before the file is shown; `null` for one that never was. */
  content: { sizeBytes: Long; sha256: string } | null;
}

/** A success, as it was sent and is sent again. */
export interface StoredAnswer {
  status: number;
  location: string | null;
  /** JSON. */
  body: string;
}
