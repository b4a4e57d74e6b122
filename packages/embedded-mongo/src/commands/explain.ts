import { decodeDocument } from "../bson/document.js";
import { CommandError } from "../errors.js";
import type { Plan } from "../planner/plan.js";
import { PAUSE } from "../turn.js";
import { type CommandContext, defineCommand, namespaceOf, plainReply } from "./command.js";
import { readExplained } from "./explained-query.js";
import * as read from "./option-readers.js";
import { type Query, type QueryRun, runQuery } from "./query.js";

const VERBOSITIES = ["queryPlanner", "executionStats", "allPlansExecution"];

/** Tells the plan of a command; the more talkative forms also carry out its query (but never its writes). */
export const explain = defineCommand({
  name: "explain",
  options: { explain: read.required(read.document), verbosity: read.text },
  run: async (context, { explain: command, verbosity = "allPlansExecution" }) => {
    if (!VERBOSITIES.includes(verbosity))
      throw new CommandError(
        "FailedToParse",
        `verbosity string must be one of ${VERBOSITIES.join(", ")}`,
      );
    const { collection, query } = await context.operation.run(readExplained(command));
    const namespace = namespaceOf(context, collection);
    const memory = context.memory.share();
    const run = runQuery(context.store, namespace, { ...query, memory });
    const queryPlanner = { namespace, winningPlan: describeStages(run, query), rejectedPlans: [] };
    if (verbosity === "queryPlanner") return plainReply({ queryPlanner });
    try {
      return plainReply({ queryPlanner, executionStats: await execute(context, run) });
    } finally {
      memory.release();
    }
  },
});

async function execute({ operation }: CommandContext, { source, matching }: QueryRun) {
  const startedAt = performance.now();
  let nReturned = 0;
  for (let next = source.next(operation); next !== undefined; next = source.next(operation)) {
    if (next !== PAUSE) nReturned += 1;
    else {
      source.release();
      await operation.pause();
    }
  }
  return {
    executionSuccess: true,
    nReturned,
    executionTimeMillis: Math.round(performance.now() - startedAt),
    totalKeysExamined: matching?.keysExamined ?? 0,
    totalDocsExamined: matching?.documentsExamined ?? 0,
  };
}

type Stage = Record<string, unknown>;

function describeStages({ plan, matching }: QueryRun, query: Query): Stage {
  if (matching === undefined) return { stage: "EOF" };
  const { sort, skip = 0, limit } = query;
  let stage = describePlan(plan, query);
  if (sort !== undefined && !plan.providesSort) {
    const sortPattern = Object.fromEntries(
      sort.fields.map(({ path, direction }) => [path, direction]),
    );
    stage = { stage: "SORT", sortPattern, inputStage: stage };
  }
  if (skip > 0) stage = { stage: "SKIP", skipAmount: skip, inputStage: stage };
  if (limit !== undefined) stage = { stage: "LIMIT", limitAmount: limit, inputStage: stage };
  return stage;
}

function describePlan(plan: Plan, { isCountOnly = false }: Query): Stage {
  const direction = plan.isBackward ? "backward" : "forward";
  if (plan.kind === "collection") return { stage: "COLLSCAN", direction };
  const { index, isCovered } = plan;
  const scan = {
    stage: "IXSCAN",
    keyPattern: decodeDocument(index.keyPattern),
    indexName: index.name,
    isMultiKey: plan.wasMultikey,
    isUnique: index.isUnique,
    isSparse: index.isSparse,
    isPartial: index.partialFilter !== undefined,
    direction,
    ranges: plan.ranges.length,
  };
  if (isCountOnly && isCovered) return { ...scan, stage: "COUNT_SCAN" };
  return { stage: "FETCH", isFiltered: !isCovered, inputStage: scan };
}
