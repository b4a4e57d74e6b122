import type { Granted } from "../access/grants.js";
import type { FileEntry } from "../entries/entry.js";
import { NotFoundError } from "../platform/errors.js";
import type { JobProducer } from "../queue/producer.js";
import type { VersionsRepository } from "../versions/repository.js";
import type { VersionDoc } from "../versions/version.js";
import { processingOf } from "./job.js";
import type { PipelineRepository } from "./repository.js";

interface Deps {
  readonly versions: Pick<VersionsRepository, "find">;
  readonly pipelines: Pick<PipelineRepository, "restart">;
  readonly jobs: Pick<JobProducer, "enqueue">;
  readonly now: () => Date;
}

/** The pipeline, as people see it who may read or change a file. */
export class FilePipelines {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** The version that a file shows. @throws NotFoundError when it was removed meanwhile. */
  async of({ ownerId, versionId }: Pick<FileEntry, "ownerId" | "versionId">): Promise<VersionDoc> {
    const version = await this.#deps.versions.find(ownerId, versionId);
    if (version === null) throw new NotFoundError("file");
    return version;
  }

  /**
   * Has all steps done again with the version that a file shows. Nothing changes where that is due already, or where the content is in
   * quarantine.
   *
   * @throws NotFoundError when the file was removed meanwhile.
   */
  async restart({ entry }: Granted<FileEntry, "write">): Promise<VersionDoc> {
    const { pipelines, jobs, now } = this.#deps;
    const { ownerId, versionId } = entry;
    const restarted = await pipelines.restart({ ownerId, versionId }, now(), true);
    if (restarted === null) return this.of(entry);
    jobs.enqueue(processingOf(restarted));
    return restarted;
  }
}
