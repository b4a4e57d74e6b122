import type { MediaDecoder } from "../media/decoder.js";
import { previewSource } from "../media/preview-source.js";
import { needsTooMuchMemory } from "../media/process.js";
import type { MediaSettings } from "../media/settings.js";
import type { MediaOutcome } from "../media/task.js";
import type { BlobStore } from "../storage/blob-store.js";
import { DamagedContentError } from "../storage/errors.js";
import type { PreviewStore } from "../storage/preview-store.js";
import type { VersionsRepository } from "../versions/repository.js";
import type { VersionDoc } from "../versions/version.js";
import { findContent, joined, untilAborted } from "./content.js";
import type { Step, StepResult } from "./step.js";

const BYTES_IN_MIB = 1024 ** 2;

interface Deps {
  readonly versions: Pick<VersionsRepository, "find">;
  readonly blobs: Pick<BlobStore, "find" | "read">;
  readonly previews: Pick<PreviewStore, "replace">;
  readonly media: Pick<MediaDecoder, "run">;
  readonly settings: Pick<MediaSettings, "previews" | "previewMaxMib">;
}

/** Makes small pictures of a content, in a process of its own. */
export function previewStep(deps: Deps): Step {
  return {
    name: "preview",
    stepVersion: 3,
    attempts: 3,
    // The contents of others come first.
    timeLimitMs: 9 * 60_000,
    isRequired: false,
    run: (version, signal) => preview(deps, version, signal),
  };
}

const skipped = (reason: string): StepResult => ({ outcome: "skipped", reason, found: {} });
const failed = (reason: string): StepResult => ({ outcome: "failed", reason, found: {} });

async function preview(deps: Deps, version: VersionDoc, signal: AbortSignal): Promise<StepResult> {
  const { settings, media, previews } = deps;
  const { type } = version;
  if (settings.previews === "off") return skipped("switched off");
  const source = previewSource(type);
  if (typeof source === "string") return skipped(source);
  if (Number(version.sizeBytes) === 0) return skipped("empty");
  const sizeBytes = Math.min(Number(version.sizeBytes), source.firstBytes ?? Infinity);
  if (sizeBytes > settings.previewMaxMib * BYTES_IN_MIB) return skipped("too large");
  let { blobId } = version;
  const read = async () => {
    const blob = await findContent(deps, version);
    blobId = blob.blobId;
    const first = deps.blobs.read(blob, { first: 0, last: sizeBytes - 1 });
    return joined(untilAborted(first, signal));
  };
  try {
    const made = await media.run("preview", { type: source.type, read }, signal);
    if (made.outcome !== "done") return resultOf(made);
    await previews.replace(blobId, made.answer);
    return { outcome: "done", reason: null, found: {} };
  } catch (error) {
    if (error instanceof DamagedContentError) return failed(error.reason);
    if (needsTooMuchMemory(error)) return failed("it needs too much memory");
    throw error;
  }
}

function resultOf(made: Exclude<MediaOutcome, { outcome: "done" }>): StepResult {
  if (made.outcome === "invalid") return failed(made.reason);
  return skipped(made.outcome === "too-large" ? "too large" : (made.reason ?? made.outcome));
}
