import type { JobProducer } from "../queue/producer.js";
import { ScannerError } from "../scan/errors.js";
import type { Scanner } from "../scan/scanner.js";
import { processingOf } from "./job.js";
import type { PipelineRepository } from "./repository.js";

/** So many versions are scanned again after one sweep: new content comes first. */
const RESCANNED_AT_ONCE = 100;
/** So many versions wait for the scanner at most before their jobs are queued anew. */
const HELD_AT_ONCE = 1000;

interface Deps {
  /** `undefined` where content is not scanned. */
  readonly scanner: Pick<Scanner, "database"> | undefined;
  readonly pipelines: Pick<
    PipelineRepository,
    "countDue" | "listDue" | "listScannedBefore" | "rescan"
  >;
  readonly jobs: Pick<JobProducer, "enqueue">;
  readonly now: () => Date;
}

/**
 * Has content scanned again, slowly, that was scanned with an older database, or not at all: because there was no scanner, or it was away. What
 * waits for the scanner is queued as soon as that answers.
 */
export class Rescan {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Does nothing while the scanner does not answer. @returns How many are scanned again. */
  async run(signal: AbortSignal): Promise<number> {
    const { pipelines, jobs, now } = this.#deps;
    const database = await this.#database(signal);
    if (database === undefined) return 0;
    for (const version of await pipelines.listDue(now(), HELD_AT_ONCE)) {
      if (version.pipeline.steps.scan?.outcome === "retry") jobs.enqueue(processingOf(version));
    }
    const waiting = await pipelines.countDue(RESCANNED_AT_ONCE);
    if (waiting >= RESCANNED_AT_ONCE) return 0;
    const outdated = await pipelines.listScannedBefore(database, RESCANNED_AT_ONCE - waiting);
    for (const { ownerId, _id: versionId } of outdated) {
      signal.throwIfAborted();
      const due = await pipelines.rescan({ ownerId, versionId }, now());
      if (due !== null) jobs.enqueue(processingOf(due));
    }
    return outdated.length;
  }

  async #database(signal: AbortSignal): Promise<number | undefined> {
    try {
      return await this.#deps.scanner?.database(signal);
    } catch (error) {
      if (!(error instanceof ScannerError)) throw error;
      return undefined;
    }
  }
}
