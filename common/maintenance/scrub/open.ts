import type { Db } from "mongodb";
import type { DamagedBlobs } from "../../damaged-blobs/repository.js";
import type { EntriesRepository } from "../../entries/repository.js";
import type { Logger } from "../../platform/log.js";
import type { Storage } from "../../storage/open.js";
import type { UploadsRepository } from "../../uploads/repository.js";
import type { VersionsRepository } from "../../versions/repository.js";
import type { MaintenanceSettings } from "../settings.js";
import { BlobChecker } from "./blob-checker.js";
import { BlobJudge } from "./blob-judge.js";
import { createPace } from "./pace.js";
import { ReferenceRepair } from "./reference-repair.js";
import { ScrubProgress } from "./scrub-progress.js";
import { Scrub } from "./scrub.js";

/** How long a dead worker keeps the others from the scrub. */
const LEASE_MS = 60_000;

/** A dead worker's reading of the last two seconds is repeated, but never more than so many bytes. */
const MOST_READ_AGAIN_BYTES = 16 * 1024 ** 2;

const DAY_MS = 24 * 60 * 60_000;

interface JudgementOptions {
  readonly storage: Storage;
  readonly versions: VersionsRepository;
  readonly entries: EntriesRepository;
  readonly uploads: UploadsRepository;
  readonly log: Logger;
}

interface Options extends JudgementOptions {
  readonly db: Db;
  readonly damagedBlobs: DamagedBlobs;
  readonly settings: Pick<MaintenanceSettings, "scrubBytesPerSecond" | "scrubIntervalDays">;
  readonly now: () => Date;
}

/** Opens what says which blobs are damaged, and which sets of references are wrong. */
export function openBlobJudgement({ storage, ...given }: JudgementOptions) {
  const { references, holds, bucket, blobs } = storage;
  const checker = new BlobChecker({ bucket, blobs });
  return {
    checker,
    judge: new BlobJudge({ ...given, checker, holds }),
    referenceRepair: new ReferenceRepair({ ...given, references }),
  };
}

/** Opens what reads all content again, to find damage. */
export function openScrub(options: Options): Scrub {
  const { db, damagedBlobs, versions, settings, log, now } = options;
  const { scrubBytesPerSecond, scrubIntervalDays } = settings;
  const intervalMs = scrubIntervalDays * DAY_MS;
  return new Scrub({
    ...openBlobJudgement(options),
    damagedBlobs,
    versions,
    progress: new ScrubProgress({ db, now, leaseMs: LEASE_MS, intervalMs }),
    log,
    pace: createPace(scrubBytesPerSecond),
    leaseMs: LEASE_MS,
    keepEveryBytes: Math.min(2 * scrubBytesPerSecond, MOST_READ_AGAIN_BYTES),
  });
}
