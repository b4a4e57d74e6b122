import type { JobOutcomes } from "../queue/job-outcomes.js";
import { QUEUE_NAME } from "../queue/catalogue.js";
import type { JobProducer } from "../queue/producer.js";
import type { MetricsSource } from "./store-metrics.js";

interface Deps {
  readonly jobs: Pick<JobProducer, "countByState">;
  readonly outcomes: Pick<JobOutcomes, "list">;
}

/** What stands in Redis: lengths of lists, and one hash of counters. */
export function redisMetrics({ jobs, outcomes }: Deps): MetricsSource {
  return {
    store: "redis",
    read: async (figures) => {
      const [states, counts] = await Promise.all([jobs.countByState(), outcomes.list()]);
      figures.gauges(
        JOBS,
        Object.entries(states).map(([state, value]) => ({
          labels: { queue: QUEUE_NAME, state },
          value,
        })),
      );
      figures.counters(
        TRIES,
        counts.map(({ name, outcome, count }) => ({
          labels: { queue: QUEUE_NAME, name, outcome },
          value: count,
        })),
      );
    },
  };
}

const JOBS = {
  name: "stowage_jobs",
  help: "Jobs in the queue, by state; delayed ones wait for their next try.",
};
const TRIES = {
  name: "stowage_job_tries_total",
  help: "Tries of jobs by all workers, by outcome; given-up ones are queued again by the sweep alone.",
};
