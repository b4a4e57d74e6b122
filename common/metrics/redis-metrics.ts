import type { JobOutcomes } from "../queue/job-outcomes.js";
import { JOBS } from "../queue/catalogue.js";
import type { JobProducer } from "../queue/producer.js";
import type { Figures } from "./figures.js";
import type { MetricsSource } from "./store-metrics.js";

interface Deps {
  readonly jobs: Pick<JobProducer, "countByState">;
  readonly outcomes: Pick<JobOutcomes, "list">;
}

/** What Redis says: lengths of lists, and one hash of counters. */
export class RedisMetrics implements MetricsSource {
  readonly store = "redis";
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async read(figures: Figures): Promise<void> {
    const { jobs, outcomes } = this.#deps;
    const [jobCounts, outcomeCounts] = await Promise.all([jobs.countByState(), outcomes.list()]);
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
