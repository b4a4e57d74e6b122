import {
  EMPTY_DOCUMENT,
  readElements,
  readValues,
  type BsonElement,
  type RawDocument,
} from "../bson/document.js";
import { BsonType } from "../bson/type.js";
import type { BsonValue } from "../bson/value.js";
import { CommandError } from "../errors.js";
import { compileFilter, compileFilterSteps, type Filter } from "../query/filter.js";
import { compileSort, type Sort } from "../sort.js";
import type { Steps } from "../turn.js";
import { type Documents, paced, type PipelineContext, type Stage } from "./stage.js";
import { countStage } from "./stages/count.js";
import { groupStage, isGroupConstant } from "./stages/group.js";
import { matchStage, shapeStage, sortStage } from "./stages/shape.js";
import { unwindStage } from "./stages/unwind.js";
import { limitStage, readLimit, readSkip, skipStage } from "./stages/window.js";

export type { PipelineContext };

/** The leading stages in the form of a find: `$match`es (joined), then `$sort`, then `$skip`, then `$limit`. */
export interface Pushdown {
  readonly filter: Filter;
  readonly sort: Sort | undefined;
  readonly skip: number;
  readonly limit: number | undefined;
}

export interface Pipeline {
  /** What the planner answers; `run` does the rest. */
  readonly pushdown: Pushdown;
  /**
   * Only the number of documents matters to the rest (`$count`, or the `$group` of countDocuments):
   * `run` may then be given as many empty documents.
   */
  readonly isCountOnly: boolean;
  /** Runs the stages after the pushed-down ones, document by document. */
  readonly run: (documents: Documents, context: PipelineContext) => AsyncIterable<RawDocument>;
}

/** Stages of MongoDB that this server does not have. */
const REFUSED_STAGES = new Set(
  `$bucket $bucketAuto $changeStreamSplitLargeEvent $collStats $currentOp $densify $documents $facet $fill $geoNear
  $graphLookup $indexStats $listLocalSessions $listSessions $lookup $merge $out $planCacheStats $querySettings
  $redact $replaceRoot $replaceWith $sample $search $searchMeta $setWindowFields $sortByCount $unionWith
  $vectorSearch`.split(/\s+/),
);

/**
 * Compiles the `pipeline` of an aggregate command, with others having their turn in between.
 *
 * @param stages - The array value; each element an object with exactly one stage.
 * @throws CommandError: 14 (not an array of objects), 40323 (not one stage per object), 40324 (unknown stage, or one
 * that is not supported here), 40573 (`$changeStream`), and whatever the stages' operands are refused with.
 */
export function* compilePipeline(stages: BsonValue): Steps<Pipeline> {
  if (stages.type !== BsonType.array) {
    throw new CommandError("TypeMismatch", "'pipeline' option must be specified as an array");
  }
  const elements = readValues(stages.bytes).map(readStage);
  const { pushdown, used } = yield* pushdownOf(elements);
  const rest = elements.slice(used);
  const run: Stage[] = [];
  for (const [index, element] of rest.entries())
    run.push(yield* compileStage(element, rest[index + 1]));
  const [first] = rest;
  return {
    pushdown,
    isCountOnly: first?.name === "$count" || (first?.name === "$group" && isGroupConstant(first)),
    run: (documents, context) =>
      run.reduce((input, stage) => stage(input, context), pass(documents, context)),
  };
}

function pass(documents: Documents, context: PipelineContext): AsyncIterable<RawDocument> {
  return Symbol.asyncIterator in documents ? documents : paced(documents, context);
}

function readStage(value: BsonValue): BsonElement {
  if (value.type !== BsonType.object) {
    throw new CommandError(
      "TypeMismatch",
      "Each element of the 'pipeline' array must be an object",
    );
  }
  const [stage, ...others] = readElements(value.bytes);
  if (stage === undefined || others.length > 0) {
    throw new CommandError(
      40323,
      "A pipeline stage specification object must contain exactly one field.",
    );
  }
  return stage;
}

function* pushdownOf(
  elements: readonly BsonElement[],
): Steps<{ pushdown: Pushdown; used: number }> {
  let used = 0;
  const next = (name: string): BsonElement | undefined => {
    const element = elements[used];
    if (element?.name !== name) return undefined;
    used += 1;
    return element;
  };
  let filter = compileFilter(EMPTY_DOCUMENT);
  for (let match = next("$match"); match; match = next("$match")) {
    filter = filter.and(yield* compileFilterSteps(documentOf(match)));
  }
  const sort = next("$sort");
  const skip = next("$skip");
  const limit = next("$limit");
  const pushdown = {
    filter,
    sort: sort && compileSort(documentOf(sort)),
    skip: skip ? readSkip(skip) : 0,
    limit: limit && readLimit(limit),
  };
  return { pushdown, used };
}

function documentOf(stage: BsonElement): RawDocument {
  if (stage.type === BsonType.object) return stage.bytes;
  const code = { $match: 15959, $sort: 15973, $project: 15969 }[stage.name] ?? 40272;
  throw new CommandError(code, `the ${stage.name} specification must be an object`);
}

/** @param next - The stage that follows: a `$sort` with a `$limit` behind it keeps only so many documents. */
function* compileStage(stage: BsonElement, next: BsonElement | undefined): Steps<Stage> {
  switch (stage.name) {
    case "$match":
      return matchStage(yield* compileFilterSteps(documentOf(stage)));
    case "$sort": {
      const limit = next?.name === "$limit" ? readLimit(next) : undefined;
      return sortStage(compileSort(documentOf(stage)), limit);
    }
    case "$limit":
      return limitStage(readLimit(stage));
    case "$skip":
      return skipStage(readSkip(stage));
    case "$project":
      return shapeStage(documentOf(stage), "$project");
    case "$addFields":
    case "$set":
      return shapeStage(documentOf(stage), "$addFields");
    case "$group":
      return groupStage(stage);
    case "$count":
      return countStage(stage);
    case "$unwind":
      return unwindStage(stage);
    default:
      throw refusalOf(stage.name);
  }
}

function refusalOf(name: string): CommandError {
  if (name === "$changeStream") {
    return new CommandError(40573, "The $changeStream stage is only supported on replica sets");
  }
  if (REFUSED_STAGES.has(name)) {
    return new CommandError(40324, `The pipeline stage ${name} is not supported here`);
  }
  return new CommandError(40324, `Unrecognized pipeline stage name: '${name}'`);
}
