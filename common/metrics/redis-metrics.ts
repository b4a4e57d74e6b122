import type { JobOutcomes } from "../queue/job-outcomes.js";
import { JOBS } from "../queue/catalogue.js";
import type { JobProducer } from "../queue/producer.js";
import type { MailOutcomes } from "../mail/outcomes.js";
import type { ScanCount, ScanOutcomes } from "../scan/outcomes.js";
import type { Figures } from "./figures.js";
import type { MetricsSource } from "./store-metrics.js";

interface Deps {
  readonly jobs: Pick<JobProducer, "countByState">;
  readonly outcomes: Pick<JobOutcomes, "list">;
  readonly mailOutcomes: Pick<MailOutcomes, "list">;
  readonly scanOutcomes: Pick<ScanOutcomes, "list">;
}

/** What Redis says: lengths of lists, and hashes of counters. */
export class RedisMetrics implements MetricsSource {
  readonly store = "redis";
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async read(figures: Figures): Promise<void> {
    const { jobs, outcomes, mailOutcomes, scanOutcomes } = this.#deps;
    const [jobCounts, outcomeCounts, mailCounts, scanCounts] = await Promise.all([
      jobs.countByState(),
      outcomes.list(),
      mailOutcomes.list(),
      scanOutcomes.list(),
    ]);
    figures.gauges(
      JOB_COUNT,
      jobCounts.map(({ queue, state, count }) => ({ labels: { queue, state }, value: count })),
    );
    figures.counters(
      TRIES,
      outcomeCounts.map(({ name, outcome, count }) => ({
        labels: { queue: JOBS[name].queue, name, outcome },
        value: count,
      })),
    );
    figures.counters(
      MAILS,
      mailCounts.map(({ outcome, count }) => ({ labels: { outcome }, value: count })),
    );
    figureScans(figures, scanCounts);
  }
}

function figureScans(figures: Figures, scans: readonly ScanCount[]): void {
  figures.counters(
    SCANS,
    scans.map(({ outcome, count }) => ({ labels: { outcome }, value: count })),
  );
  figures.counters(
    SCAN_SECONDS,
    scans.map(({ outcome, tookMs }) => ({ labels: { outcome }, value: tookMs / 1000 })),
  );
}

const SCANS = {
  name: "stowage_scans_total",
  help: "Scans for viruses by all workers, by outcome; unavailable ones gave no verdict.",
};
const SCAN_SECONDS = {
  name: "stowage_scan_seconds_total",
  help: "How long all scans of an outcome took together.",
};

const JOB_COUNT = {
  name: "stowage_jobs",
  help: "Jobs in the queue, by state; delayed ones wait for their next try.",
};
const TRIES = {
  name: "stowage_job_tries_total",
  help: "Tries of jobs by all workers, by outcome; given-up ones are queued again by the sweep alone.",
};
const MAILS = {
  name: "stowage_mail_tries_total",
  help: "Tries to send mails by all workers, by outcome; after failed comes another try, after given-up none.",
};
