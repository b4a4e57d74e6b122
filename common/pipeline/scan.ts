import type { JobProducer } from "../queue/producer.js";
import { ScannerError } from "../scan/errors.js";
import type { ScanOutcome } from "../scan/outcomes.js";
import type { Scan, Scanner } from "../scan/scanner.js";
import type { ScanPolicy, ScanSettings } from "../scan/settings.js";
import type { BlobQuarantine } from "../storage/blob-quarantine.js";
import type { QuarantineMark } from "../storage/bucket.js";
import type { StoredBlob } from "../storage/blob-reader.js";
import type { BlobStore } from "../storage/blob-store.js";
import { DamagedContentError } from "../storage/errors.js";
import type { VersionsRepository } from "../versions/repository.js";
import { NOT_SCANNED, type VersionDoc } from "../versions/version.js";
import { findContent } from "./content.js";
import type { PipelineRepository } from "./repository.js";
import { restartSharing } from "./sharing-versions.js";
import { RetryError, type Step, type StepResult } from "./step.js";

/** What is said of content that could not be scanned. */
const REASONS = {
  tooLarge: "too large for the virus scanner",
  encrypted: "encrypted: the virus scanner cannot look inside",
  unavailable: "the virus scanner does not answer",
} as const;

/** Beyond this a content that ends the scanner each time has failed. */
const ATTEMPTS = 10;

type Policies = Pick<ScanSettings, "scanTooLarge" | "scanEncrypted" | "scanUnavailable">;

/** What scans, and what becomes of content that cannot be scanned. */
export interface Scanning {
  /** `undefined` where content is not scanned. */
  readonly scanner: Pick<Scanner, "scan" | "database"> | undefined;
  readonly policies: Policies;
  /** Told of each scan, with the time that it took in milliseconds. */
  readonly onScan: (outcome: ScanOutcome, tookMs: number) => void;
  /** Told of each version that is put into quarantine, at least once. Does not throw. */
  readonly onQuarantined: (version: VersionDoc, mark: QuarantineMark) => Promise<void>;
}

interface Deps extends Scanning {
  readonly versions: Pick<VersionsRepository, "find">;
  readonly blobs: Pick<BlobStore, "find" | "read">;
  readonly quarantine: Pick<BlobQuarantine, "mark" | "restrictionsOf">;
  readonly pipelines: Pick<PipelineRepository, "restartBlob">;
  readonly jobs: Pick<JobProducer, "enqueue">;
  readonly now: () => Date;
}

/** What is scanned: one content of a version. */
interface Scanned {
  readonly version: VersionDoc;
  readonly blob: StoredBlob;
}

/** Has content scanned for viruses, straight from its frames. */
export function scanStep(deps: Deps): Step {
  return {
    name: "scan",
    stepVersion: 1,
    attempts: ATTEMPTS,
    timeLimitMs: 9 * 60_000,
    isRequired: true,
    run: (version, signal) => run(deps, version, signal),
  };
}

async function run(deps: Deps, version: VersionDoc, signal: AbortSignal): Promise<StepResult> {
  try {
    const blob = await findContent(deps, version);
    const { quarantine } = await deps.quarantine.restrictionsOf(blob.blobId);
    // It was found in another version that has the same content.
    if (quarantine !== undefined) return await quarantined(deps, version, { mark: quarantine });
    if (deps.scanner === undefined) return skipped("switched off", NOT_SCANNED);
    return await scan(deps, { version, blob }, signal);
  } catch (error) {
    if (!(error instanceof DamagedContentError)) throw error;
    return { outcome: "failed", reason: error.reason, found: {} };
  }
}

async function scan(
  deps: Deps,
  { version, blob }: Scanned,
  signal: AbortSignal,
): Promise<StepResult> {
  const beganMs = performance.now();
  const tell = (outcome: ScanOutcome) => {
    deps.onScan(outcome, performance.now() - beganMs);
  };
  try {
    const found = await deps.scanner?.scan(contentOf(deps, blob), signal);
    if (found === undefined) return skipped("switched off", NOT_SCANNED);
    tell(found.verdict.kind);
    return await judge(deps, { version, blob }, found);
  } catch (error) {
    if (!(error instanceof ScannerError)) throw error;
    signal.throwIfAborted();
    tell("unavailable");
    return withoutScanner(deps.policies.scanUnavailable, error);
  }
}

function contentOf({ blobs }: Deps, blob: StoredBlob) {
  const { sizeBytes } = blob;
  return { sizeBytes, read: () => blobs.read(blob, { first: 0, last: sizeBytes - 1 }) };
}

async function judge(
  deps: Deps,
  scanned: Scanned,
  { verdict, database }: Scan,
): Promise<StepResult> {
  const { policies } = deps;
  switch (verdict.kind) {
    case "clean":
      return { outcome: "done", reason: null, found: { scannedWith: database } };
    case "infected":
      return withhold(deps, scanned, {
        ...{ reason: verdict.signature, signature: verdict.signature, database },
      });
    case "too-large":
      return byPolicy(deps, scanned, {
        ...{ policy: policies.scanTooLarge, reason: REASONS.tooLarge, database },
      });
    case "encrypted":
      return byPolicy(deps, scanned, {
        ...{ policy: policies.scanEncrypted, reason: REASONS.encrypted, database },
      });
  }
}

interface Finding {
  readonly reason: string;
  readonly database: number;
}

function byPolicy(
  deps: Deps,
  scanned: Scanned,
  { policy, reason, database }: Finding & { readonly policy: ScanPolicy },
): Promise<StepResult> | StepResult {
  if (policy === "hold") return withhold(deps, scanned, { reason, signature: null, database });
  if (policy === "pass-marked") return skipped(reason, database);
  return { outcome: "failed", reason, found: { scannedWith: database } };
}

/** The mark of the blob comes first: from then on nobody is given the content, whatever process dies. */
async function withhold(
  deps: Deps,
  { version, blob }: Scanned,
  { reason, signature, database }: Finding & Pick<QuarantineMark, "signature">,
): Promise<StepResult> {
  const { quarantine, now } = deps;
  const mark = await quarantine.mark(blob.blobId, {
    reason,
    signature,
    at: now(),
    versionId: version._id,
  });
  const found = { scannedWith: database };
  if (mark === undefined) {
    return { outcome: "done", reason: `released by an admin: ${reason}`, found };
  }
  await restartSharing(deps, blob.blobId);
  return quarantined(deps, version, { mark, found });
}

async function quarantined(
  deps: Deps,
  version: VersionDoc,
  { mark, found = {} }: { readonly mark: QuarantineMark; readonly found?: StepResult["found"] },
): Promise<StepResult> {
  await deps.onQuarantined(version, mark);
  const { reason, signature, at } = mark;
  const quarantine = { reason, signature, at };
  return { outcome: "quarantine", reason, found: { ...found, quarantine } };
}

function skipped(reason: string, scannedWith: number): StepResult {
  return { outcome: "skipped", reason, found: { scannedWith } };
}

/** @throws RetryError where the content waits for the scanner. */
function withoutScanner(policy: ScanPolicy, error: ScannerError): StepResult {
  const reason = REASONS.unavailable;
  if (policy === "pass-marked") return skipped(reason, NOT_SCANNED);
  if (policy === "refuse")
    return { outcome: "failed", reason, found: { scannedWith: NOT_SCANNED } };
  throw new RetryError(reason, { isCounted: error.hasBegun, cause: error });
}
