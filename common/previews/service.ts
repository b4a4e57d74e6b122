import { processingOf } from "../pipeline/job.js";
import type { PipelineRepository } from "../pipeline/repository.js";
import type { JobProducer } from "../queue/producer.js";
import type { PreviewKey } from "../storage/preview.js";
import type { PreviewStore } from "../storage/preview-store.js";
import type { VersionDoc, VersionState } from "../versions/version.js";
import { type MissingPreview, PreviewMissingError } from "./errors.js";

interface Deps {
  readonly store: Pick<PreviewStore, "read">;
  readonly pipelines: Pick<PipelineRepository, "repeatStep">;
  readonly jobs: Pick<JobProducer, "enqueue">;
  readonly now: () => Date;
}

/** Content may have been found harmful after its preview was made. */
const WITHHELD: Partial<Record<VersionState, MissingPreview>> = {
  quarantined: { outcome: "quarantine", reason: "the file is in quarantine" },
  failed: { outcome: null, reason: "the file has failed" },
};

/** Small pictures of versions. The pipeline makes them. */
export class Previews {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * One preview of a version that the actor may read. One that was lost is made again.
   *
   * @throws PreviewMissingError where there is none, with the reason, and while it is being made.
   */
  async read(version: VersionDoc, wanted: Omit<PreviewKey, "blobId">): Promise<Buffer> {
    const withheld = WITHHELD[version.state];
    if (withheld !== undefined) throw new PreviewMissingError(withheld);
    const bytes = await this.#deps.store.read({ ...wanted, blobId: version.blobId });
    if (bytes !== undefined) return bytes;
    const record = version.pipeline.steps.preview;
    if (record?.outcome === "done") await this.#makeAgain(version);
    const { outcome, reason } = record ?? { outcome: null, reason: null };
    const isOver = outcome === "skipped" || outcome === "failed";
    if (isOver) throw new PreviewMissingError({ outcome, reason: reason ?? outcome });
    throw new PreviewMissingError({ outcome: outcome === "done" ? null : outcome, reason: null });
  }

  async #makeAgain({ ownerId, _id: versionId }: VersionDoc): Promise<void> {
    const { pipelines, jobs, now } = this.#deps;
    const due = await pipelines.repeatStep({ ownerId, versionId }, "preview", now());
    if (due !== null) jobs.enqueue(processingOf(due));
  }
}
