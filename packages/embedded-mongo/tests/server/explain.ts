import type { Collection, Document } from "mongodb";

interface Explained {
  readonly queryPlanner: { readonly winningPlan: Document };
  readonly executionStats: Record<string, number>;
}

/** The name of the index that a query uses, `COLLSCAN` without, and what was looked at. */
export async function explain(collection: Collection, filter: Document, options: Document = {}) {
  const explained = (await collection
    .find(filter, options)
    .explain("executionStats")) as unknown as Explained;
  const names: string[] = [];
  let stage: Document | undefined = explained.queryPlanner.winningPlan;
  while (stage !== undefined) {
    names.push(String(stage["indexName"] ?? stage["stage"]));
    stage = stage["inputStage"] as Document | undefined;
  }
  const { totalKeysExamined, totalDocsExamined, nReturned } = explained.executionStats;
  return { plan: names.join(" "), totalKeysExamined, totalDocsExamined, nReturned };
}
