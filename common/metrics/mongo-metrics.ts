import type { Db } from "mongodb";
import type { EntriesRepository } from "../entries/repository.js";
import { DAMAGE_KINDS, type DamagedBlobs } from "../damaged-blobs/repository.js";
import { readScrubRecord, VERDICTS } from "../maintenance/scrub/scrub-progress.js";
import { readStoredTotals } from "../maintenance/stored-totals.js";
import type { UploadsRepository } from "../uploads/repository.js";
import type { PipelineRepository } from "../pipeline/repository.js";
import type { Figures } from "./figures.js";
import type { MetricsSource } from "./store-metrics.js";

/** Counting stops there, so that no scrape walks through a backlog of millions. */
const MOST_COUNTED = 10_000;

interface Deps {
  readonly db: Db;
  readonly damagedBlobs: DamagedBlobs;
  readonly entries: Pick<EntriesRepository, "countAll" | "countPurging">;
  readonly uploads: Pick<UploadsRepository, "countReceiving" | "countAbandoned">;
  readonly pipelines: Pick<PipelineRepository, "countDue">;
  readonly now: () => Date;
}

/** What MongoDB says: counters of whole collections, one document, and counts of indexes. */
export class MongoMetrics implements MetricsSource {
  readonly store = "mongodb";
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async read(figures: Figures): Promise<void> {
    await Promise.all([
      this.#readTotals(figures),
      this.#readBacklogs(figures),
      this.#readDamage(figures),
      this.#readScrub(figures),
    ]);
  }

  async #readTotals(figures: Figures): Promise<void> {
    const { db, entries } = this.#deps;
    const [totals, entryCount] = await Promise.all([readStoredTotals(db), entries.countAll()]);
    const { blobs, chunkBytes, diskBytes, freeDiskBytes, previews, previewBytes } = totals;
    figures.gauge(ENTRIES, entryCount);
    figures.gauge(BLOBS, blobs);
    figures.gauge(STORED, chunkBytes);
    figures.gauge(PREVIEWS, previews);
    figures.gauge(PREVIEW_BYTES, previewBytes);
    figures.gauge(DISK, diskBytes);
    if (freeDiskBytes !== undefined) figures.gauge(FREE, freeDiskBytes);
  }

  async #readBacklogs(figures: Figures): Promise<void> {
    const { entries, uploads, pipelines, now } = this.#deps;
    const [receiving, abandoned, processing, purging] = await Promise.all([
      uploads.countReceiving(MOST_COUNTED),
      uploads.countAbandoned(now(), MOST_COUNTED),
      pipelines.countDue(MOST_COUNTED),
      entries.countPurging(MOST_COUNTED),
    ]);
    figures.gauge(RECEIVING, receiving);
    figures.gauge(ABANDONED, abandoned);
    figures.gauge(PROCESSING, processing);
    figures.gauge(PURGING, purging);
  }

  async #readDamage(figures: Figures): Promise<void> {
    const counts = await Promise.all(
      DAMAGE_KINDS.map(async (kind) => ({
        labels: { kind },
        value: await this.#deps.damagedBlobs.count(kind, MOST_COUNTED),
      })),
    );
    figures.gauges(DAMAGED, counts);
  }

  async #readScrub(figures: Figures): Promise<void> {
    const record = await readScrubRecord(this.#deps.db);
    const { totalBytes, totalBlobs, roundStartedAt, completed } = record;
    figures.counter(SCRUBBED_BYTES, totalBytes);
    figures.counters(
      SCRUBBED_BLOBS,
      VERDICTS.map((verdict) => ({ labels: { verdict }, value: totalBlobs[verdict] })),
    );
    figures.instant(SCRUB_ROUND, roundStartedAt);
    figures.instant(SCRUB_COMPLETED, completed?.endedAt);
    figures.instant(SCRUB_SINCE, completed?.startedAt);
  }
}

const ENTRIES = {
  name: "stowage_entries",
  help: "Files and folders, including those being purged.",
};
const BLOBS = { name: "stowage_blobs", help: "Stored contents: each version of a file is one." };
const PREVIEWS = { name: "stowage_previews", help: "Small pictures of contents." };
const PREVIEW_BYTES = {
  name: "stowage_preview_bytes",
  help: "Bytes of all previews, before MongoDB compresses them. They count in no quota.",
};
const STORED = {
  name: "stowage_stored_bytes",
  help: "Bytes of all chunks, before MongoDB compresses them; those of unfinished uploads among them.",
};
const DISK = {
  name: "stowage_chunks_disk_bytes",
  help: "What the chunks take on disk, compressed, with the room that deleted ones have left.",
};
const FREE = {
  name: "stowage_chunks_free_disk_bytes",
  help: "The part of it that is free for new chunks; compact returns it to the file system.",
};
const RECEIVING = {
  name: "stowage_uploads_receiving",
  help: `Uploads under way, those that wait for their client to resume among them; counted up to ${MOST_COUNTED}.`,
};
const ABANDONED = {
  name: "stowage_uploads_abandoned",
  help: `Uploads that wait for the sweep; counted up to ${MOST_COUNTED}.`,
};
const PROCESSING = {
  name: "stowage_versions_processing",
  help: `Versions that wait for the worker, or that it is working on; counted up to ${MOST_COUNTED}.`,
};
const PURGING = {
  name: "stowage_files_purging",
  help: `Deleted files whose content waits to be removed; counted up to ${MOST_COUNTED}.`,
};
const DAMAGED = {
  name: "stowage_damaged_blobs",
  help: `Blobs that are known to be damaged, as \`npm run scrub -- --list\` shows them; counted up to ${MOST_COUNTED} of a kind.`,
};
const SCRUBBED_BYTES = {
  name: "stowage_scrub_read_bytes_total",
  help: "Bytes that the scrub has read.",
};
const SCRUBBED_BLOBS = {
  name: "stowage_scrub_blobs_total",
  help: "Blobs that the scrub has checked, by result.",
};
const SCRUB_ROUND = {
  name: "stowage_scrub_round_start_timestamp_seconds",
  help: "When the last round of the scrub began, in Unix time.",
};
const SCRUB_COMPLETED = {
  name: "stowage_scrub_last_completed_timestamp_seconds",
  help: "When the scrub last had read everything, in Unix time.",
};
const SCRUB_SINCE = {
  name: "stowage_scrub_verified_since_timestamp_seconds",
  help: "Everything that is stored, but what could not be checked, was written or read again since then, in Unix time.",
};
