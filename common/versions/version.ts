import type { Long, ObjectId } from "mongodb";
import type { Details } from "../inspection/details.js";
import type { TextEncoding } from "../inspection/text.js";
import type { Id } from "../platform/ids.js";
import { newPipeline, type StepRecords, type VersionPipeline } from "./pipeline.js";

/**
 * - `staged`: written, but its file does not show it yet. Only its ledger entry may finish or remove it.
 * - `processing`: published; its pipeline is not over yet.
 * - `ready`, `quarantined`, `failed`: what the pipeline has found.
 */
export type VersionState = "staged" | "processing" | "ready" | "quarantined" | "failed";

/** The states of a version whose pipeline is over. */
export type OverState = Exclude<VersionState, "staged" | "processing">;

/** Lower than the number of any database: what was not scanned is older than each. */
export const NOT_SCANNED = -1;

/** A document of `versions`: one immutable content of a file. A copy may take the place of its blob. */
export interface VersionDoc {
  _id: Id;
  /** Whose namespace it is in, and who pays. */
  ownerId: Id;
  /** Who uploaded it. */
  actorId: Id;
  /** While the version is staged: the file that the upload makes if the name is free. Then: the file that shows it, or has shown it. */
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
  /** CRC-32 of the content as ZIP has it: an unsigned number of 32 bits. */
  crc32: number;
  /** What a person calls it; `null` for nothing. Keep rules never remove a version with a label. */
  label: string | null;
  /** What the client said it is; never served. */
  claimedType: string | null;
  /** What the bytes are; `null` until they were inspected. */
  type: string | null;
  /** Of text; `null` for everything else. Missing: it was not inspected for that yet. */
  encoding?: TextEncoding | null;
  /** Whether a program that opens it may run something in it. Missing or `null`: it was not inspected for that yet. */
  isActiveContent?: boolean | null;
  /** Whether what is in it cannot be seen without a password. Missing or `null`: as above. */
  isEncrypted?: boolean | null;
  /** What it says of itself. Missing: nobody has looked yet. */
  details?: Details;
  state: VersionState;
  /** The number of the virus scanner's database that it was scanned with; see {@link NOT_SCANNED}. Missing until the scanner has had its turn. */
  scannedWith?: number;
  /** Why it is in quarantine, and since when. */
  quarantine?: { reason: string; signature: string | null; at: Date };
  /** Of a copy: what was known of its source. Missing: the version goes through the pipeline itself. */
  inspected?: Inspected;
  /** Set while the version is being removed for good; its file does not show it. */
  purgingSince?: Date;
  /** Which purge removes it, since it was claimed last; see `PurgeClaims`. */
  purgeToken?: Id;
  createdAt: Date;
  /** When the content was made, as the client says; missing where it does not. */
  modifiedAt?: Date;
  pipeline: VersionPipeline;
}

/** A new version. Its file does not show it yet. */
export function stagedVersion(
  content: Omit<VersionDoc, "type" | "state" | "pipeline" | "label">,
): VersionDoc {
  const { inspected, createdAt } = content;
  if (inspected === undefined) {
    return {
      ...content,
      type: null,
      state: "staged",
      label: null,
      pipeline: newPipeline(createdAt),
    };
  }
  const { seenVersion } = inspected;
  const steps = stepsOfCopy(inspected);
  const due = hasStepsLeft(inspected) && { dueAt: createdAt };
  const pipeline = { ...due, generation: 0, leaseUntil: null, seenVersion, steps };
  return { ...content, ...findingsOf(inspected), state: "staged", label: null, pipeline };
}

/** What a copy need not do again. The words of a content are stored with each version: hashes say whose they are. */
function stepsOfCopy({ steps: { index, ...others } }: Pick<Inspected, "steps">): StepRecords {
  const isSame = index?.outcome === "skipped" || index?.outcome === "failed";
  return isSame ? { ...others, index } : others;
}

/** Whether a copy goes through the pipeline, for the steps that {@link stepsOfCopy} leaves out. It is `ready` meanwhile. */
export const hasStepsLeft = (inspected: Pick<Inspected, "state" | "steps">): boolean =>
  inspected.state === "ready" && stepsOfCopy(inspected).index === undefined;

/** What the steps of the pipeline find out about a content. */
export type Findings = Pick<
  VersionDoc,
  "type" | "encoding" | "isActiveContent" | "isEncrypted" | "details" | "scannedWith"
>;

/** What the pipeline has found out about a content. */
export interface Inspected extends Findings, Pick<VersionPipeline, "seenVersion" | "steps"> {
  readonly state: OverState;
}

/** What the pipeline of a version has found so far. */
export const findingsOf = ({ type, encoding, ...flags }: Findings): Findings => ({
  type,
  ...(encoding !== undefined && { encoding }),
  ...(flags.isActiveContent !== undefined && { isActiveContent: flags.isActiveContent }),
  ...(flags.isEncrypted !== undefined && { isEncrypted: flags.isEncrypted }),
  ...(flags.details !== undefined && { details: flags.details }),
  ...(flags.scannedWith !== undefined && { scannedWith: flags.scannedWith }),
});

/** What the pipeline of a version has found out; `undefined` while it is not over. */
export function inspectedOf({ state, pipeline, ...found }: VersionDoc): Inspected | undefined {
  if (state === "staged" || state === "processing") return undefined;
  const { seenVersion, steps } = pipeline;
  return { ...findingsOf(found), state, seenVersion, steps };
}

/** What a file shows of a version from the moment that it begins to show it. */
export function shownBy({ _id: versionId, createdAt, ...version }: VersionDoc) {
  const { blobId, sizeBytes, sha256, crc32, claimedType, modifiedAt = createdAt } = version;
  const { inspected } = version;
  const { state = "processing" as const } = inspected ?? {};
  const found = { ...shownFindings(inspected), hasPreview: isPreviewed(inspected?.steps), state };
  return { versionId, blobId, sizeBytes, sha256, crc32, claimedType, ...found, modifiedAt };
}

/** What a file shows of the findings about its version. */
export const shownFindings = ({
  type = null,
  encoding = null,
  isActiveContent = null,
}: Partial<Findings> = {}) => ({ type, encoding, isActiveContent });

/** Whether previews were made of a content. */
export const isPreviewed = (steps: StepRecords = {}): boolean => steps.preview?.outcome === "done";

/** A file, and the version that it shows. */
export interface ShowingFile {
  readonly _id: Id;
  readonly ownerId: Id;
  readonly versionId: Id;
  /** What it shows of the state of that version. */
  readonly state: Exclude<VersionState, "staged">;
}
