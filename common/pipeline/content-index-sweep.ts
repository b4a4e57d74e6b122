import type { ContentIndexRepository } from "../content-index/repository.js";
import type { ContentIndexSettings } from "../content-index/settings.js";
import type { TermHashes } from "../content-index/terms.js";
import type { JobProducer } from "../queue/producer.js";
import { processingOf } from "./job.js";
import type { PipelineRepository } from "./repository.js";

/** Of at most some 50 KiB each. */
const DOCUMENTS_AT_ONCE = 500;

/** So many contents are read again by one sweep: new content comes first. */
const REPEATED_AT_ONCE = 100;

interface Deps {
  readonly contentIndex: Pick<
    ContentIndexRepository,
    "listNext" | "keepPosition" | "listShown" | "remove"
  >;
  readonly pipelines: Pick<PipelineRepository, "repeatStep">;
  readonly termHashes: Pick<TermHashes, "currentKeyId">;
  readonly settings: ContentIndexSettings;
  readonly jobs: Pick<JobProducer, "enqueue">;
  readonly now: () => Date;
}

/**
 * Removes the words of versions that no file shows any more: a version that was replaced never becomes the current one again. Has contents read again
 * whose words are hashed with another key than the current one. Each call looks at some documents, from where the last one stopped.
 */
export class ContentIndexSweep {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** @returns How many documents were removed. */
  async run(signal: AbortSignal): Promise<number> {
    const { contentIndex, termHashes, settings } = this.#deps;
    const seen = await contentIndex.listNext(DOCUMENTS_AT_ONCE);
    const shown = await contentIndex.listShown(seen);
    let removed = 0;
    let repeated = 0;
    for (const content of seen) {
      signal.throwIfAborted();
      const { _id, ownerId, keyId } = content;
      if (!shown.has(_id)) {
        await contentIndex.remove(ownerId, _id);
        removed += 1;
      } else if (keyId !== termHashes.currentKeyId && settings.contentSearch === "on") {
        await this.#repeat(content);
        repeated += 1;
      }
      if (repeated < REPEATED_AT_ONCE) continue;
      await contentIndex.keepPosition(_id);
      return removed;
    }
    const isEnd = seen.length < DOCUMENTS_AT_ONCE;
    await contentIndex.keepPosition(isEnd ? null : (seen.at(-1)?._id ?? null));
    return removed;
  }

  async #repeat({ _id: versionId, ownerId }: { _id: string; ownerId: string }): Promise<void> {
    const { pipelines, jobs, now } = this.#deps;
    const due = await pipelines.repeatStep({ ownerId, versionId }, "index", now());
    if (due !== null) jobs.enqueue(processingOf(due));
  }
}
