import type { JobProducer } from "../queue/producer.js";
import type { VersionDoc } from "../versions/version.js";
import { processingOf } from "./job.js";
import type { PipelineRepository } from "./repository.js";

interface Deps {
  readonly pipelines: Pick<PipelineRepository, "restartBlob">;
  readonly jobs: Pick<JobProducer, "enqueue">;
  readonly now: () => Date;
}

/** Has all versions that share a blob scanned again. The scan knows a blob in quarantine without reading it. */
export async function restartSharing(
  { pipelines, jobs, now }: Deps,
  blobId: VersionDoc["blobId"],
): Promise<void> {
  for (const version of await pipelines.restartBlob(blobId, now()))
    jobs.enqueue(processingOf(version));
}
