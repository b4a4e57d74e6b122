import type { ByteSource } from "../inspection/source.js";
import type { MediaDecoder } from "../media/decoder.js";
import { needsTooMuchMemory } from "../media/deaths.js";
import { previewSource, type PreviewSource } from "../media/preview-source.js";
import type { MediaSettings } from "../media/settings.js";
import type { MediaOutcome } from "../media/task.js";
import type { BlobStore } from "../storage/blob-store.js";
import { DamagedContentError } from "../storage/errors.js";
import type { PreviewStore } from "../storage/preview-store.js";
import type { VersionsRepository } from "../versions/repository.js";
import type { VersionDoc } from "../versions/version.js";
import { findContent, joined, untilAborted } from "./content.js";
import type { Step, StepResult } from "./step.js";
import { NoPictureError, videoPicture } from "./video-picture.js";

const BYTES_IN_MIB = 1024 ** 2;

interface Deps {
  readonly versions: Pick<VersionsRepository, "find">;
  readonly blobs: Pick<BlobStore, "find" | "read">;
  readonly previews: Pick<PreviewStore, "replace">;
  readonly media: Pick<MediaDecoder, "run" | "ffmpeg">;
  readonly settings: Pick<MediaSettings, "previews" | "previewMaxMib">;
}

/** Makes small pictures of a content, in a process of its own. */
export function previewStep(deps: Deps): Step {
  return {
    name: "preview",
    stepVersion: 4,
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
  const { settings, media } = deps;
  if (settings.previews === "off") return skipped("switched off");
  const source = previewSource(version.type);
  if (typeof source === "string") return skipped(source);
  if (Number(version.sizeBytes) === 0) return skipped("empty");
  const isVideo = source.demuxer !== undefined;
  if (isVideo && !(await media.ffmpeg.isInstalled())) return skipped("ffmpeg is not installed");
  const maxBytes = settings.previewMaxMib * BYTES_IN_MIB;
  const sizeBytes = Math.min(Number(version.sizeBytes), source.firstBytes ?? Infinity);
  // Videos are not read as a whole.
  if (sizeBytes > maxBytes && !isVideo) return skipped("too large");
  try {
    return await make(deps, { version, source, bytes: Math.min(sizeBytes, maxBytes) }, signal);
  } catch (error) {
    if (error instanceof NoPictureError) return error.result;
    if (error instanceof DamagedContentError) return failed(error.reason);
    if (needsTooMuchMemory(error)) return failed("it needs too much memory");
    throw error;
  }
}

interface Wanted {
  readonly version: VersionDoc;
  readonly source: PreviewSource;
  /** How much of the content is read at most. */
  readonly bytes: number;
}

async function make(
  { media, previews, blobs, versions }: Deps,
  { version, source: { type, demuxer }, bytes: maxBytes }: Wanted,
  signal: AbortSignal,
): Promise<StepResult> {
  let { blobId } = version;
  const read = async () => {
    const blob = await findContent({ blobs, versions }, version);
    blobId = blob.blobId;
    const content: ByteSource = {
      sizeBytes: blob.sizeBytes,
      read: (window) => untilAborted(blobs.read(blob, window), signal),
    };
    if (demuxer === undefined) return joined(content.read({ first: 0, last: maxBytes - 1 }));
    return videoPicture(media.ffmpeg, { demuxer, content, maxBytes }, signal);
  };
  const made = await media.run("preview", { type, read }, signal);
  if (made.outcome !== "done") return resultOf(made);
  await previews.replace(blobId, made.answer);
  return { outcome: "done", reason: null, found: {} };
}

function resultOf(made: Exclude<MediaOutcome, { outcome: "done" }>): StepResult {
  if (made.outcome === "invalid") return failed(made.reason);
  return skipped(made.outcome === "too-large" ? "too large" : (made.reason ?? made.outcome));
}
