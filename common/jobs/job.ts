import type { UsedCredential } from "../access/actor.js";
import type { Scope } from "../accounts/role.js";
import type { Entry } from "../entries/entry.js";
import type { Operation } from "../operations/operation.js";
import type { ErrorCode } from "../platform/errors.js";
import type { Id } from "../platform/ids.js";
import type { SearchQuery } from "../search/query.js";

/**
 * - `queued`: no worker has begun.
 * - `running`: a worker has started it.
 * - `succeeded`: it came to its end. Single items may have failed.
 * - `failed`: it stopped before its end; what was done until then stays.
 * - `cancelled`: somebody stopped it; what was done until then stays.
 */
export const JOB_STATES = ["queued", "running", "succeeded", "failed", "cancelled"] as const;
export type JobState = (typeof JOB_STATES)[number];

/** The states of a job that is not finished. */
export const UNFINISHED: readonly JobState[] = ["queued", "running"];

/** Copies a folder, with all that it holds. */
export interface CopyTask {
  readonly kind: "copy";
  /** The folder to copy. */
  readonly sourceId: Id;
  /** Whose it is. */
  readonly sourceOwnerId: Id;
  /** The folder that the copy goes into. */
  readonly folderId: Id;
  readonly name: string;
  readonly onConflict: "rename" | "fail";
}

/** What is done to many entries: an operation without its entry. */
export type BulkOperation = WithoutId<Operation>;
type WithoutId<O> = O extends Operation ? Omit<O, "id"> : never;

/** Which entries: some, all that lie in a folder, or all that a search finds in a folder and below it. */
export type JobSelection =
  | { readonly ids: readonly Id[] }
  | { readonly folderId: Id }
  | { readonly folderId: Id; readonly search: FoundBy };

/** A search, whose results are taken in the order of names. */
export type FoundBy = Omit<SearchQuery, "sort" | "cursor" | "limit" | "total">;

/** Does one thing to many entries. */
export interface BulkTask {
  readonly kind: "bulk";
  readonly selection: JobSelection;
  readonly operation: BulkOperation;
}

/** What a job has to do. */
export type JobTask = CopyTask | BulkTask;

/** A folder whose content is being copied. */
export interface CopyFrame {
  readonly sourceId: Id;
  readonly copyId: Id;
  /** Of the copy. */
  readonly name: string;
  /** The `nameKey` of the entry that was copied last; `null` for none. */
  readonly after: string | null;
}

/** Where a copy is. */
export interface CopyPosition {
  /** Folders that lie inside each other, the outermost first. */
  readonly frames: readonly CopyFrame[];
}

/** Where the list of selected entries goes on: an index, a `nameKey` or a cursor, by what is selected. */
export type SelectionPosition = number | string;

/** Where a bulk job is. */
export interface BulkPosition {
  /** What was listed, and is not done yet. */
  readonly pending: readonly Id[];
  /** `null` when all was listed. */
  readonly next: SelectionPosition | null;
}

/** Where a job is: what another process needs to go on. */
export type JobPosition = CopyPosition | BulkPosition;

/** Who made a job, and what it was allowed to do then. */
export interface JobMaker {
  readonly credential: Pick<UsedCredential, "kind" | "id">;
  readonly scopes: readonly Scope[];
}

/** Why something was not done. */
export interface JobProblem {
  readonly code: ErrorCode;
  readonly detail: string;
}

export interface JobProgress {
  readonly done: number;
  readonly failed: number;
  /** `null` while it is not known. */
  readonly total: number | null;
}

/** A document of `jobs`: work on many entries, which its maker watches. What became of each is in `jobItems`. */
export interface JobDoc {
  readonly _id: Id;
  readonly ownerId: Id;
  readonly actorId: Id;
  /** That of the credential which made it: another credential that may not leave a folder does not find the job. */
  readonly rootFolderId: Id | null;
  readonly maker: JobMaker;
  readonly task: JobTask;
  readonly state: JobState;
  /** `null` until the first batch is done. */
  readonly position: JobPosition | null;
  readonly progress: JobProgress;
  /** Why it has failed. */
  readonly problem: JobProblem | null;
  /** What it has made, once that exists. */
  readonly result: { readonly kind: Entry["kind"]; readonly id: Id } | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  /** `null` until it is finished. */
  readonly expiresAt: Date | null;
  /** Until then it belongs to the worker that has claimed it. */
  readonly leaseUntil: Date;
  /** Raised by each worker that claims it: the writes of earlier ones are refused. */
  readonly fencingToken: number;
  /** How many workers have claimed it since the last batch that was done. */
  readonly attempts: number;
}

/** What became of one entry. */
export interface JobItem {
  readonly sourceId: Id;
  /** `null` where the entry is not there. */
  readonly kind: Entry["kind"] | null;
  /** Where it was put, or its name; `null` where that is not known. */
  readonly path: string | null;
  readonly status: "done" | "failed";
  /** What was made, or changed; `null` where nothing was. */
  readonly resultId: Id | null;
  readonly problem: JobProblem | null;
}

/** A document of `jobItems`. */
export interface JobItemDoc extends JobItem {
  readonly _id: Id;
  readonly jobId: Id;
  readonly ownerId: Id;
  /** The place among all items of the job, from 0. */
  readonly n: number;
  readonly expiresAt: Date;
}

/** A job that copies a folder. */
export type CopyJob = JobDoc & { readonly task: CopyTask; readonly position: CopyPosition | null };

/** A job that does one thing to many entries. */
export type BulkJob = JobDoc & { readonly task: BulkTask; readonly position: BulkPosition | null };

/** The position of a job is that of its task. */
export const isCopyJob = (job: JobDoc): job is CopyJob => job.task.kind === "copy";
export const isBulkJob = (job: JobDoc): job is BulkJob => job.task.kind === "bulk";

/** What was done in one go. */
export interface Batch {
  readonly items: readonly JobItem[];
  /** Where to go on; `null` at the end. */
  readonly next: JobPosition | null;
  /** Missing where it stays as it is. */
  readonly result?: JobDoc["result"];
}
