import { inspectContent } from "../inspection/inspect.js";
import { isTypeAllowed, type TypeRules } from "../inspection/type-rules.js";
import type { BlobStore } from "../storage/blob-store.js";
import { DamagedContentError } from "../storage/errors.js";
import type { VersionsRepository } from "../versions/repository.js";
import type { VersionDoc } from "../versions/version.js";
import { sourceOf } from "./content.js";
import type { Step, StepResult } from "./step.js";

interface Deps {
  readonly versions: Pick<VersionsRepository, "find">;
  readonly blobs: Pick<BlobStore, "find" | "read">;
  readonly rules: TypeRules;
}

/** Finds out what the bytes are, whatever a client or a name claims. */
export function inspectStep(deps: Deps): Step {
  return {
    name: "inspect",
    stepVersion: 2,
    attempts: 5,
    timeLimitMs: 60_000,
    isRequired: true,
    run: (version, signal) => inspect(deps, version, signal),
  };
}

async function inspect(deps: Deps, version: VersionDoc, signal: AbortSignal): Promise<StepResult> {
  try {
    const found = await inspectContent(await sourceOf(deps, version, signal));
    if (isTypeAllowed(found.type, deps.rules)) return { outcome: "done", reason: null, found };
    return {
      outcome: "failed",
      reason: `content of the type ${found.type} is not stored here`,
      found,
    };
  } catch (error) {
    if (!(error instanceof DamagedContentError)) throw error;
    return { outcome: "failed", reason: error.reason, found: NOTHING_FOUND };
  }
}

const NOTHING_FOUND = { type: null, encoding: null, isActiveContent: null, isEncrypted: null };
