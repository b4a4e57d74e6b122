import type { JobOutcomes } from "../queue/job-outcomes.js";
import { JOBS } from "../queue/catalogue.js";
import type { JobProducer } from "../queue/producer.js";
import type { MailOutcomes } from "../mail/outcomes.js";
import type { Figures } from "./figures.js";
import type { MetricsSource } from "./store-metrics.js";

interface Deps {
  readonly jobs: Pick<JobProducer, "countByState">;
  readonly outcomes: Pick<JobOutcomes, "list">;
  readonly mailOutcomes: Pick<MailOutcomes, "list">;
}

/** What Redis says: lengths of lists, and hashes of counters. */
export class RedisMetrics implements MetricsSource {
  readonly store = "redis";
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async read(figures: Figures): Promise<void> {
    const { jobs, outcomes, mailOutcomes } = this.#deps;
    const [jobCounts, outcomeCounts, mailCounts] = await Promise.all([
      jobs.countByState(),
      outcomes.list(),
      mailOutcomes.list(),
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
  }
}

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
