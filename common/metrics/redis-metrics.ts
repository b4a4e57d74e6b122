import type { JobOutcomes } from "../queue/job-outcomes.js";
import { QUEUE_NAME } from "../queue/catalogue.js";
import type { JobProducer } from "../queue/producer.js";
import type { Metric } from "./exposition.js";
import type { MetricsSource } from "./store-metrics.js";

interface Deps {
  readonly jobs: Pick<JobProducer, "countByState">;
  readonly outcomes: Pick<JobOutcomes, "list">;
}

/** What stands in Redis: lengths of lists, and one hash of counters. */
export function redisMetrics({ jobs, outcomes }: Deps): MetricsSource {
  return {
    store: "redis",
    read: async () => {
      const [states, counts] = await Promise.all([jobs.countByState(), outcomes.list()]);
      return [waiting(states), tried(counts)];
    },
  };
}

function waiting(states: Readonly<Record<string, number>>): Metric {
  return {
    name: "stowage_jobs",
    help: "Jobs in the queue, by state; delayed ones wait for their next try.",
    type: "gauge",
    samples: Object.entries(states).map(([state, value]) => ({
      labels: { queue: QUEUE_NAME, state },
      value,
    })),
  };
}

function tried(counts: Awaited<ReturnType<JobOutcomes["list"]>>): Metric {
  return {
    name: "stowage_job_tries_total",
    help: "Tries of jobs by all workers, by outcome; given-up ones are queued again by the sweep alone.",
    type: "counter",
    samples: counts.map(({ name, outcome, count }) => ({
      labels: { queue: QUEUE_NAME, name, outcome },
      value: count,
    })),
  };
}
