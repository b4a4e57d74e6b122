import { compilePipeline, type Pipeline } from "../aggregate/pipeline.js";
import { EMPTY_DOCUMENT, type RawDocument } from "../bson/document.js";
import { BsonType } from "../bson/type.js";
import { type BsonValue, textOf } from "../bson/value.js";
import { type CurrentOperation, iterateDocuments, PipelineBatches } from "../cursors/batches.js";
import type { DocumentSource } from "../cursors/document-source.js";
import { CommandError } from "../errors.js";
import { type CommandContext, defineCommand, namespaceOf } from "./command.js";
import { countMatches } from "./count.js";
import { openCursor, readBatchSize } from "./cursor-commands.js";
import { readCollectionName } from "./limits.js";
import * as read from "./option-readers.js";
import type { OptionsOf } from "./options.js";
import { type Query, runQuery } from "./query.js";

export const AGGREGATE_OPTIONS = {
  aggregate: read.required(read.anyValue),
  pipeline: read.required(read.array),
  cursor: read.document,
  hint: read.hint,
  collation: read.simpleCollation,
  allowDiskUse: read.withoutEffect,
  bypassDocumentValidation: read.withoutEffect,
  explain: read.unsupported("use the explain command"),
  let: read.unsupported("there are no variables"),
};

export type AggregateOptions = OptionsOf<typeof AGGREGATE_OPTIONS>;

export const aggregate = defineCommand({
  name: "aggregate",
  options: AGGREGATE_OPTIONS,
  run: async (context, options) => {
    if (options.cursor === undefined)
      throw new CommandError("FailedToParse", "The 'cursor' option is required");
    const batchSize = readBatchSize(options.cursor);
    const pipeline = await context.operation.run(compilePipeline(options.pipeline));
    const namespace = namespaceOf(context, readTarget(options.aggregate));
    const batches = await startPipeline(context, namespace, { pipeline, hint: options.hint });
    return openCursor(context, { namespace, batches, batchSize });
  },
});

/** What the planner is asked for a pipeline. */
export function pipelineQuery({ pushdown, isCountOnly }: Pipeline, hint: Query["hint"]): Query {
  return { ...pushdown, hint, isCountOnly };
}

async function startPipeline(
  context: CommandContext,
  namespace: string,
  { pipeline, hint }: { pipeline: Pipeline; hint: Query["hint"] },
): Promise<PipelineBatches> {
  const memory = context.memory.share();
  const query = { ...pipelineQuery(pipeline, hint), memory };
  const current: CurrentOperation = { operation: context.operation };
  const { source } = runQuery(context.store, namespace, query);
  const documents = pipeline.isCountOnly
    ? emptyDocuments(await countMatches(context, namespace, query))
    : iterateDocuments(source, current);
  const results = pipeline.run(documents, {
    now: context.now(),
    memory,
    giveWay: () => giveWay(source, current),
  });
  return new PipelineBatches({ documents: results, source, current, memory });
}

function giveWay(
  source: DocumentSource,
  { operation }: CurrentOperation,
): Promise<void> | undefined {
  if (!operation.isOver) return undefined;
  source.release();
  return operation.pause();
}

function* emptyDocuments(count: number): Iterable<RawDocument> {
  for (let index = 0; index < count; index++) yield EMPTY_DOCUMENT;
}

/** @throws CommandError InvalidNamespace (73) for `aggregate: 1`, whose stages are all not here. */
export function readTarget(target: BsonValue): string {
  if (target.type === BsonType.string) return readCollectionName(textOf(target));
  throw new CommandError("InvalidNamespace", "Aggregations without a collection are not supported");
}
