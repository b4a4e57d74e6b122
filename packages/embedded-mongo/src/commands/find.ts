import { isEmptyDocument, type RawDocument } from "../bson/document.js";
import { DocumentBatches } from "../cursors/batches.js";
import { compileElements } from "../projection/projection.js";
import type { Filter, MatchDetails } from "../query/filter.js";
import type { Steps } from "../turn.js";
import { type CommandContext, defineCommand, namespaceOf } from "./command.js";
import { openCursor } from "./cursor-commands.js";
import {
  boolean,
  collectionName,
  count,
  document,
  hint,
  simpleCollation,
  unsupported,
  withoutEffect,
} from "./option-readers.js";
import type { OptionsOf } from "./options.js";
import { type Query, readFilter, readHint, readSort, runQuery } from "./query.js";

export const FIND_OPTIONS = {
  find: collectionName,
  filter: document,
  sort: document,
  projection: document,
  hint,
  skip: count,
  limit: count,
  batchSize: count,
  singleBatch: boolean,
  noCursorTimeout: boolean,
  collation: simpleCollation,
  // Sorts never use the disk, and what cannot be read is never left out.
  allowDiskUse: withoutEffect,
  allowPartialResults: withoutEffect,
  oplogReplay: withoutEffect,
  tailable: unsupported("there are no capped collections"),
  awaitData: unsupported("there are no capped collections"),
  let: unsupported("filters have no expressions"),
  max: unsupported("bounds come from the filter"),
  min: unsupported("bounds come from the filter"),
  returnKey: unsupported("the documents are returned"),
  showRecordId: unsupported("record numbers are internal"),
};

export type FindOptions = OptionsOf<typeof FIND_OPTIONS>;

export function* readFindQuery(options: FindOptions): Steps<Query> {
  const { filter, sort, skip, limit } = options;
  return {
    filter: yield* readFilter(filter),
    sort: readSort(sort),
    skip,
    limit: limit === 0 ? undefined : limit,
    hint: readHint(options),
  };
}

export const find = defineCommand({
  name: "find",
  options: FIND_OPTIONS,
  run: async (context: CommandContext, options) => {
    const namespace = namespaceOf(context, options.find);
    const query = await context.operation.run(readFindQuery(options));
    const project = readProjection(options, query.filter);
    const memory = context.memory.share();
    const { source } = runQuery(context.store, namespace, { ...query, memory });
    return openCursor(context, {
      namespace,
      batches: new DocumentBatches(source, { project, memory }),
      batchSize: options.batchSize,
      isSingleBatch: options.singleBatch,
      isKeptWhenIdle: options.noCursorTimeout,
    });
  },
});

/** How the name of a field ends that stands for the matched position, `path.$`. */
const POSITIONAL = "$\0";

function readProjection(
  options: { projection?: RawDocument | undefined; filter?: RawDocument | undefined },
  filter: Filter,
): ((document: RawDocument) => readonly Buffer[]) | undefined {
  const { projection } = options;
  if (projection === undefined || isEmptyDocument(projection)) return undefined;
  const project = compileElements(projection, options.filter);
  if (!projection.includes(POSITIONAL)) return project;
  return (document) => {
    // Once more, for the array position that `path.$` stands for: an index may have answered the filter.
    const details: MatchDetails = {};
    filter.matches(document, details);
    return project(document, details);
  };
}
