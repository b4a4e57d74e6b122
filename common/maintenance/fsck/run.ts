import type { Id } from "../../platform/ids.js";
import type { CheckName, Finding, FsckMode } from "./finding.js";

/** Where a run resumes: after a key of a check. */
export interface FsckPosition {
  readonly check: CheckName;
  /** `null` at the beginning of the check. */
  readonly after: string | null;
}

/**
 * - `running`: a process works on it, or will go on with it.
 * - `done`: everything was checked.
 * - `cancelled`: somebody stopped it.
 */
export type FsckState = "running" | "done" | "cancelled";

/** A document of `fsckRuns`. */
export interface FsckRunDoc extends FsckMode {
  _id: Id;
  state: FsckState;
  /** Only while it is running: a unique index lets one run at a time. */
  isRunning?: true;
  startedAt: Date;
  endedAt: Date | null;
  position: FsckPosition;
  /** How many things were checked, and about how many there are in all. */
  checked: number;
  total: number;
  found: number;
  repaired: number;
  /** Which process is at it, and until when nobody else may be. */
  holder: Id;
  leaseUntil: Date;
}

/** A document of `fsckFindings`. */
export interface FsckFindingDoc extends Omit<Finding, "id"> {
  _id: Id;
  runId: Id;
  /** The id of what it is about. */
  subjectId: string;
  /** What was done about it; `null` for nothing. */
  repair: string | null;
  foundAt: Date;
}
