import type { RawDocument } from "../bson/document.js";
import type { BsonValue } from "../bson/value.js";
import type { Filter } from "../query/filter.js";
import type { Sort } from "../sort.js";

/** The leading stages in the form of a find: `$match`es (joined), then `$sort`, then `$skip`, then `$limit`. */
export interface Pushdown {
  readonly filter: Filter;
  readonly sort: Sort | undefined;
  readonly skip: number;
  readonly limit: number | undefined;
}

export interface PipelineContext {
  /** The time of the command: `$$NOW`. */
  readonly now: Date;
  /** Bytes that a `$sort` or `$group` may hold before 292; default 100 MiB. */
  readonly maxBytes?: number;
}

export interface Pipeline {
  /** What the planner answers; `run` does the rest. */
  readonly pushdown: Pushdown;
  /** Only the number of documents matters (a bare `$count`, or `$group` with `_id` constant and sums of 1, as countDocuments). */
  readonly isCountOnly: boolean;
  /** Runs the stages after the pushed-down ones, document by document. */
  run(
    documents: AsyncIterable<RawDocument> | Iterable<RawDocument>,
    context: PipelineContext,
  ): AsyncIterable<RawDocument>;
}

/**
 * Compiles the `pipeline` of an aggregate command.
 *
 * @param stages - The array value; each element an object with exactly one stage.
 * @throws CommandError: 40324 (unknown stage), 40323, 115 (a stage of MongoDB that is not supported here), 14, 168, 2.
 */
export declare function compilePipeline(stages: BsonValue): Pipeline;
