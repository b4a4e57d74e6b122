import type { Details } from "../inspection/details.js";
import { readMovieHeader } from "../inspection/movie-header.js";
import { hasOfficeDetails, officeDetails } from "../inspection/office-details.js";
import type { ByteSource } from "../inspection/source.js";
import type { MediaDecoder } from "../media/decoder.js";
import { describerOf } from "../media/describable.js";
import { needsTooMuchMemory } from "../media/deaths.js";
import type { MediaSettings } from "../media/settings.js";
import type { BlobStore } from "../storage/blob-store.js";
import { DamagedContentError } from "../storage/errors.js";
import type { VersionsRepository } from "../versions/repository.js";
import type { VersionDoc } from "../versions/version.js";
import { joined, sourceOf } from "./content.js";
import type { Step, StepResult } from "./step.js";

/** Larger contents are not read as a whole. */
const MAX_READ_BYTES = 64 * 1024 ** 2;
/** The headers of JPEG, PNG and HEIC, and the beginning of large recordings. */
const HEAD_BYTES = 1024 ** 2;
const RECORDING_HEAD_BYTES = 8 * 1024 ** 2;

interface Deps {
  readonly versions: Pick<VersionsRepository, "find">;
  readonly blobs: Pick<BlobStore, "find" | "read">;
  readonly media: Pick<MediaDecoder, "run">;
  readonly settings: Pick<MediaSettings, "details">;
}

/** Finds what a content says of itself: its size in pixels, its length in time, its pages. The file is ready also without it. */
export function describeStep(deps: Deps): Step {
  return {
    name: "describe",
    stepVersion: 2,
    attempts: 3,
    // The contents of others come first.
    timeLimitMs: 9 * 60_000,
    isRequired: false,
    run: (version, signal) => describe(deps, version, signal),
  };
}

async function describe(deps: Deps, version: VersionDoc, signal: AbortSignal): Promise<StepResult> {
  const { type, encoding, sizeBytes } = version;
  if (deps.settings.details === "off") return skipped("switched off", {});
  if (typeof encoding === "string") return found({ encoding });
  if (type === null || Number(sizeBytes) === 0) return skipped("nothing is known of its type");
  if (!hasOfficeDetails(type) && describerOf(type) === undefined)
    return skipped("it does not apply to this type");
  try {
    const content = await sourceOf(deps, version, signal);
    if (hasOfficeDetails(type)) return found(await officeDetails(content));
    return await describeMedia(deps, { type, content }, signal);
  } catch (error) {
    if (error instanceof DamagedContentError) return failed(error.reason);
    if (needsTooMuchMemory(error)) return failed("it needs too much memory");
    throw error;
  }
}

const found = (details: Details): StepResult => ({
  outcome: "done",
  reason: null,
  found: { details },
});
const skipped = (reason: string, kept: StepResult["found"] = { details: {} }): StepResult => ({
  outcome: "skipped",
  reason,
  found: kept,
});
const failed = (reason: string): StepResult => ({
  outcome: "failed",
  reason,
  found: { details: {} },
});

interface Described {
  readonly type: string;
  readonly content: ByteSource;
}

async function describeMedia({ media }: Deps, { type, content }: Described, signal: AbortSignal) {
  const { sizeBytes } = content;
  const bytes = neededBytes(type, sizeBytes);
  if (bytes === undefined) return skipped("too large");
  const isMovie = /^(?:video|audio)\/(?:mp4|quicktime|x-m4v|x-m4a|3gpp2?)$/.test(type);
  const read = () => (isMovie ? readMovieHeader(content) : readFirst(content, bytes));
  const made = await media.run("describe", { type, sizeBytes, read }, signal);
  if (made.outcome === "done") return found(made.answer);
  return made.outcome === "invalid" ? failed(made.reason) : skipped(made.outcome);
}

/** How much of a content has to be read; `undefined` where that is too much. */
function neededBytes(type: string, sizeBytes: number): number | undefined {
  if (/^image\/(?:jpeg|png|hei[cf])$/.test(type)) return HEAD_BYTES;
  if (sizeBytes <= MAX_READ_BYTES) return sizeBytes;
  return /^(?:audio|video)\//.test(type) ? RECORDING_HEAD_BYTES : undefined;
}

function readFirst(content: ByteSource, bytes: number): Promise<Buffer> {
  const last = Math.min(content.sizeBytes, bytes) - 1;
  return joined(content.read({ first: 0, last }));
}
