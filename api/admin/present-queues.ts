import type { PipelineOverview } from "../../common/pipeline/overview.js";
import type { QueueOverview } from "../../common/queue/administration.js";
import type { RecentlyTallied } from "../../common/queue/tally.js";

/** A queue as admins see it. */
export function presentQueue(queue: QueueOverview) {
  const { name, isPaused, counts, oldestWaitingAt, outcomes } = queue;
  const count = (state: string) => counts.find((each) => each.state === state)?.count ?? 0;
  return {
    name,
    isPaused,
    waiting: count("waiting"),
    active: count("active"),
    delayed: count("delayed"),
    oldestWaitingAt: oldestWaitingAt?.toISOString() ?? null,
    outcomes: outcomes.map(presentTally),
  };
}

/** The pipeline as admins see it. */
export function presentPipeline(overview: Awaited<ReturnType<PipelineOverview["read"]>>) {
  const { dueCount, oldestDueAt, steps } = overview;
  return {
    dueCount,
    oldestDueAt: oldestDueAt?.toISOString() ?? null,
    outcomes: steps.map(presentTally),
  };
}

const presentTally = ({
  name,
  outcome,
  count,
  lastMinute,
  lastHour,
}: RecentlyTallied<string, string>) => ({ name, outcome, total: count, lastHour, lastMinute });
