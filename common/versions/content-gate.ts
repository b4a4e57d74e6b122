import { TypeRefusedError } from "../inspection/errors.js";
import { isTypeAllowed, type TypeRules } from "../inspection/type-rules.js";
import type { Id } from "../platform/ids.js";
import { ContentNotReadyError, QuarantinedError } from "../storage/errors.js";
import type { VersionsRepository } from "./repository.js";
import { isStepOver } from "./pipeline.js";
import type { VersionDoc, VersionState } from "./version.js";

/** A version, as far as somebody who wants its content knows it. */
export interface WantedContent {
  readonly ownerId: Id;
  readonly versionId: Id;
  readonly state: VersionState;
}

interface Deps {
  readonly versions: Pick<VersionsRepository, "find" | "listUnready">;
  /** Whether nobody is given content before it was scanned. */
  readonly holdsUnscanned: boolean;
  readonly typeRules: TypeRules;
}

/**
 * Decides whether the content of a version may be given to anybody, by what its pipeline says. Everything that opens content for a reader asks it. Blobs
 * in quarantine are refused once more where they are opened (`BlobStore.findServed`), because versions share them.
 */
export class ContentGate {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Asks the version only where its file does not say that it is ready.
   *
   * @throws QuarantinedError for what is in quarantine, and for what was refused because it could not be scanned.
   * @throws TypeRefusedError for what was found to be of a type that is not stored here.
   * @throws ContentNotReadyError for what waits for its scan.
   */
  async requireServed({ ownerId, versionId, state }: WantedContent): Promise<void> {
    if (state === "ready") return;
    const version = await this.#deps.versions.find(ownerId, versionId);
    const refusal = version && this.#refusalOf(version);
    if (refusal) throw refusal;
  }

  /** Those of some versions whose content nobody is given now. */
  async listWithheld(ownerIds: readonly Id[], versionIds: readonly Id[]): Promise<ReadonlySet<Id>> {
    const unready = await this.#deps.versions.listUnready(ownerIds, versionIds);
    return new Set(
      unready.filter((each) => this.#refusalOf(each) !== undefined).map(({ _id }) => _id),
    );
  }

  #refusalOf({ state, type, pipeline }: VersionDoc): Error | undefined {
    const { scan } = pipeline.steps;
    const { holdsUnscanned, typeRules } = this.#deps;
    if (state === "quarantined") return new QuarantinedError();
    if (state === "failed" && scan?.outcome === "failed") return new QuarantinedError();
    if (state === "failed" && type !== null && !isTypeAllowed(type, typeRules)) {
      return new TypeRefusedError(type);
    }
    const waits = state === "processing" && !isStepOver(scan);
    return waits && holdsUnscanned ? new ContentNotReadyError() : undefined;
  }
}
