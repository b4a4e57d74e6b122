import { textReaderOf } from "../content-index/content-text.js";
import type { ContentIndexRepository } from "../content-index/repository.js";
import type { ContentIndexSettings } from "../content-index/settings.js";
import type { TermHashes } from "../content-index/terms.js";
import { collectWords } from "../content-index/words.js";
import type { MediaDecoder } from "../media/decoder.js";
import { needsTooMuchMemory } from "../media/deaths.js";
import type { BlobStore } from "../storage/blob-store.js";
import { DamagedContentError } from "../storage/errors.js";
import type { VersionsRepository } from "../versions/repository.js";
import type { VersionDoc } from "../versions/version.js";
import { joined, sourceOf } from "./content.js";
import type { Step, StepResult } from "./step.js";

/** Larger contents are not given to the media process: all of it has to be in memory there. */
const MAX_MEDIA_BYTES = 64 * 1024 ** 2;

interface Deps {
  readonly versions: Pick<VersionsRepository, "find">;
  readonly blobs: Pick<BlobStore, "find" | "read">;
  readonly media: Pick<MediaDecoder, "run">;
  readonly contentIndex: Pick<ContentIndexRepository, "put">;
  readonly termHashes: Pick<TermHashes, "current">;
  readonly settings: ContentIndexSettings;
}

/** Stores the words of a content, as keyed hashes, so that its file is found by them. The file is ready also without it. */
export function indexStep(deps: Deps): Step {
  return {
    name: "index",
    stepVersion: 1,
    attempts: 3,
    // The contents of others come first.
    timeLimitMs: 9 * 60_000,
    isRequired: false,
    run: (version, signal) => index(deps, version, signal),
  };
}

const skipped = (reason: string): StepResult => ({ outcome: "skipped", reason, found: {} });
const failed = (reason: string): StepResult => ({ outcome: "failed", reason, found: {} });

async function index(deps: Deps, version: VersionDoc, signal: AbortSignal): Promise<StepResult> {
  if (deps.settings.contentSearch === "off") return skipped("switched off");
  if (Number(version.sizeBytes) === 0) return skipped("empty");
  const reader = textReaderOf(version);
  if (reader === undefined) return skipped("unsupported");
  if (version.isEncrypted === true) return skipped("encrypted");
  try {
    if (reader.by === "media") return await indexMedia(deps, version, signal);
    const content = await sourceOf(deps, version, signal);
    return await store(deps, version, await collectWords(reader.read(content), signal));
  } catch (error) {
    if (error instanceof DamagedContentError) return failed(error.reason);
    if (needsTooMuchMemory(error)) return failed("it needs too much memory");
    throw error;
  }
}

async function indexMedia(
  deps: Deps,
  version: VersionDoc,
  signal: AbortSignal,
): Promise<StepResult> {
  const sizeBytes = Number(version.sizeBytes);
  if (sizeBytes > MAX_MEDIA_BYTES) return skipped("too large");
  const type = version.type ?? "";
  const read = async () => {
    const content = await sourceOf(deps, version, signal);
    return joined(content.read({ first: 0, last: sizeBytes - 1 }));
  };
  const made = await deps.media.run("text", { type, read }, signal);
  if (made.outcome === "invalid") return failed(made.reason);
  if (made.outcome !== "done") return skipped(made.outcome);
  return store(deps, version, await collectWords([made.answer], signal));
}

/** A content without words has no document. */
async function store(
  { contentIndex, termHashes }: Deps,
  { _id, ownerId, fileId }: VersionDoc,
  words: ReadonlySet<string>,
): Promise<StepResult> {
  if (words.size > 0)
    await contentIndex.put({ _id, ownerId, fileId, ...termHashes.current(ownerId, words) });
  return { outcome: "done", reason: null, found: {} };
}
