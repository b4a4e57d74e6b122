import type { Long, ObjectId } from "mongodb";
import type { Id } from "../platform/ids.js";

/**
 * - `staged`: written, but its file does not show it yet. Only its ledger entry may finish or remove it.
 * - `processing`: published; not inspected yet.
 * - `ready`, `quarantined`, `failed`: what the inspection found.
 */
export type VersionState = "staged" | "processing" | "ready" | "quarantined" | "failed";

/** A document of `versions`: one immutable content of a file. A copy may take the place of its blob. */
export interface VersionDoc {
  _id: Id;
  /** Whose namespace it is in, and who pays. */
  ownerId: Id;
  /** Who uploaded it. */
  actorId: Id;
  fileId: Id;
  uploadId: Id;
  blobId: ObjectId;
  /** Where a copy of the content is being written to; nobody reads it yet. */
  replacementBlobId?: ObjectId;
  /** What the version's blob was before a copy took its place; no new reader may find it any more. */
  replacedBlobId?: ObjectId;
  sizeBytes: Long;
  /** Lower-case hexadecimal. */
  sha256: string;
  /** What the client said it is; never served. */
  claimedType: string | null;
  /** What the inspection found it to be; `null` until then. */
  type: string | null;
  state: VersionState;
  createdAt: Date;
  inspection: VersionInspection;
}

/** A new version. Its file does not show it yet. */
export function stagedVersion(
  content: Omit<VersionDoc, "type" | "state" | "inspection">,
): VersionDoc {
  const inspection = { generation: 0, attempts: 0, leaseUntil: null, failure: null };
  return { ...content, type: null, state: "staged", inspection };
}

/** What a file shows of a version that is not inspected yet. */
export function shownBy({ _id, blobId, sizeBytes, sha256, claimedType }: VersionDoc) {
  const state = "processing" as const;
  return { versionId: _id, blobId, sizeBytes, sha256, claimedType, type: null, state };
}

/** How far the inspection of a version has come. */
export interface VersionInspection {
  /** Part of the job's id, so that a replay is a new job. */
  generation: number;
  /** How often it was begun, by processes that died of it too. */
  attempts: number;
  /** Until when nobody else may begin it; `null` while nobody is at it. */
  leaseUntil: Date | null;
  failure: string | null;
}

/** Where an inspection stands: nothing found yet, or what it found. */
export interface InspectionResult {
  readonly type: string | null;
  readonly state: Extract<VersionState, "ready" | "failed">;
  readonly failure: string | null;
}

/** An attempt to inspect a version, by somebody who has it alone from `now` until `leaseUntil`. */
export interface InspectionStart {
  readonly ownerId: Id;
  readonly versionId: Id;
  readonly now: Date;
  readonly leaseUntil: Date;
}
