import type { BlobStore } from "../storage/blob-store.js";
import { DamagedContentError } from "../storage/errors.js";
import { SNIFFED_BYTES, sniffType } from "../storage/sniff.js";
import type { VersionsRepository } from "../versions/repository.js";
import type { VersionDoc } from "../versions/version.js";
import type { Step, StepResult } from "./step.js";

interface Deps {
  readonly versions: Pick<VersionsRepository, "find">;
  readonly blobs: Pick<BlobStore, "find" | "read">;
}

/** Finds out what the bytes are, whatever a client or a name claims. */
export function inspectStep(deps: Deps): Step {
  return {
    name: "inspect",
    stepVersion: 1,
    attempts: 5,
    timeLimitMs: 60_000,
    isRequired: true,
    run: (version, signal) => inspect(deps, version, signal),
  };
}

async function inspect(deps: Deps, version: VersionDoc, signal: AbortSignal): Promise<StepResult> {
  try {
    const type = await sniff(deps, version, signal);
    return { outcome: "done", reason: null, found: { type } };
  } catch (error) {
    if (!(error instanceof DamagedContentError)) throw error;
    return { outcome: "failed", reason: error.reason, found: { type: null } };
  }
}

async function sniff(
  { blobs, versions }: Deps,
  { blobId, ownerId, _id }: VersionDoc,
  signal: AbortSignal,
): Promise<string> {
  // A copy may have taken the place of the blob since the version was read.
  const current = async () => (await versions.find(ownerId, _id))?.blobId ?? blobId;
  const blob = (await blobs.find(blobId)) ?? (await blobs.find(await current()));
  if (blob === undefined) throw new DamagedContentError(blobId, "the blob is missing");
  const headBytes = Math.min(SNIFFED_BYTES, blob.sizeBytes);
  const pieces: Buffer[] = [];
  for await (const piece of blobs.read(blob, { first: 0, last: headBytes - 1 })) {
    signal.throwIfAborted();
    pieces.push(piece);
  }
  return sniffType(Buffer.concat(pieces), headBytes === blob.sizeBytes);
}
