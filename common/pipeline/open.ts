import type { ContentIndexRepository } from "../content-index/repository.js";
import type { ContentIndexSettings } from "../content-index/settings.js";
import type { TermHashes } from "../content-index/terms.js";
import type { EntriesRepository } from "../entries/repository.js";
import type { InspectionSettings } from "../inspection/settings.js";
import type { MediaDecoder } from "../media/decoder.js";
import type { MediaSettings } from "../media/settings.js";
import type { JobProducer } from "../queue/producer.js";
import type { Storage } from "../storage/open.js";
import type { VersionsRepository } from "../versions/repository.js";
import { ContentIndexSweep } from "./content-index-sweep.js";
import { describeStep } from "./describe.js";
import { indexStep } from "./index-content.js";
import { inspectStep } from "./inspect.js";
import { Pipeline } from "./pipeline.js";
import { previewStep } from "./preview.js";
import type { PipelineRepository } from "./repository.js";
import { Rescan } from "./rescan.js";
import { type Scanning, scanStep } from "./scan.js";
import type { StepOutcomes } from "./step-outcomes.js";
import { PipelineSweep } from "./sweep.js";

interface Options {
  readonly storage: Pick<Storage, "blobs" | "previews" | "quarantine">;
  readonly scanning: Scanning;
  readonly versions: VersionsRepository;
  readonly pipelines: PipelineRepository;
  readonly entries: EntriesRepository;
  readonly media: MediaDecoder;
  readonly contentIndex: ContentIndexRepository;
  readonly termHashes: TermHashes;
  readonly settings: MediaSettings & InspectionSettings & ContentIndexSettings;
  readonly jobs: Pick<JobProducer, "enqueue">;
  readonly stepOutcomes: Pick<StepOutcomes, "count">;
  readonly now: () => Date;
  /** As {@link Pipeline} takes it. */
  readonly leaseMs: number;
}

/** Opens what the worker does with each new content. */
export function openPipeline(options: Options) {
  const { storage, versions, scanning, media, settings, ...given } = options;
  const { blobs, previews, quarantine } = storage;
  const steps = [
    inspectStep({ versions, blobs, rules: settings }),
    scanStep({ ...given, ...scanning, versions, blobs, quarantine }),
    previewStep({ versions, blobs, previews, media, settings }),
    describeStep({ versions, blobs, media, settings }),
    indexStep({ ...given, versions, blobs, media, settings }),
  ];
  return {
    pipeline: new Pipeline({ ...given, steps }),
    rescan: new Rescan({ ...given, ...scanning }),
    contentIndexSweep: new ContentIndexSweep({ ...given, settings }),
    pipelineSweep: new PipelineSweep({ ...given, quarantine, steps }),
  };
}
