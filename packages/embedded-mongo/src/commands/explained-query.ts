import { compilePipeline } from "../aggregate/pipeline.js";
import { type RawDocument, readElements } from "../bson/document.js";
import { CommandError } from "../errors.js";
import { AGGREGATE_OPTIONS, pipelineQuery, readTarget } from "./aggregate.js";
import { COMMON_OPTIONS } from "./common-options.js";
import { COUNT_OPTIONS } from "./count.js";
import { DELETE_OPTIONS, readDelete } from "./delete.js";
import { DISTINCT_OPTIONS } from "./distinct.js";
import { FIND_OPTIONS, readFindQuery } from "./find.js";
import { FIND_AND_MODIFY_OPTIONS } from "./find-and-modify.js";
import { type OptionShape, type OptionsOf, readFields } from "./options.js";
import { type Query, readFilter, readHint, readSort } from "./query.js";
import type { Steps } from "../turn.js";
import { readUpdate, UPDATE_OPTIONS } from "./update.js";

/** The query that stands behind a command, and the collection that it asks. */
export interface ExplainedQuery {
  readonly collection: string;
  readonly query: Query;
}

type Reader = (body: RawDocument) => Steps<ExplainedQuery>;

function reader<S extends OptionShape>(
  shape: S,
  command: string,
  read: (options: OptionsOf<S>) => Steps<ExplainedQuery>,
): Reader {
  return (body) =>
    read(readFields<typeof COMMON_OPTIONS & S>({ ...COMMON_OPTIONS, ...shape }, body, command));
}

/** The document that `updates` or `deletes` consists of: explain takes one. */
function onlyOne(entries: readonly RawDocument[]): RawDocument {
  const [entry, another] = entries;
  if (entry !== undefined && another === undefined) return entry;
  throw new CommandError("InvalidLength", "explained write batches must be of size 1");
}

const READERS: Readonly<Record<string, Reader>> = {
  find: reader(FIND_OPTIONS, "find", function* (options) {
    return { collection: options.find, query: yield* readFindQuery(options) };
  }),
  count: reader(COUNT_OPTIONS, "count", function* ({ count, query, hint, skip, limit }) {
    return {
      collection: count,
      query: { filter: yield* readFilter(query), hint, skip, limit, isCountOnly: true },
    };
  }),
  distinct: reader(DISTINCT_OPTIONS, "distinct", function* ({ distinct, query, hint }) {
    return { collection: distinct, query: { filter: yield* readFilter(query), hint } };
  }),
  aggregate: reader(AGGREGATE_OPTIONS, "aggregate", function* ({ aggregate, pipeline, hint }) {
    return {
      collection: readTarget(aggregate),
      query: pipelineQuery(yield* compilePipeline(pipeline), hint),
    };
  }),
  findAndModify: reader(FIND_AND_MODIFY_OPTIONS, "findAndModify", function* (options) {
    return {
      collection: options.findAndModify,
      query: {
        filter: yield* readFilter(options.query),
        sort: readSort(options.sort),
        hint: readHint(options),
        limit: 1,
      },
    };
  }),
  update: reader(UPDATE_OPTIONS, "update", function* ({ update, updates }) {
    const { query, hint, isMulti } = readUpdate(update, onlyOne(updates));
    return { collection: update, query: yield* statementQuery(query, hint, isMulti) };
  }),
  delete: reader(DELETE_OPTIONS, "delete", function* ({ delete: collection, deletes }) {
    const { query, hint, isMulti } = readDelete(collection, onlyOne(deletes));
    return { collection, query: yield* statementQuery(query, hint, isMulti) };
  }),
};

function* statementQuery(query: RawDocument, hint: Query["hint"], isMulti: boolean): Steps<Query> {
  return { filter: yield* readFilter(query), hint, limit: isMulti ? undefined : 1 };
}

/** @throws CommandError CommandNotFound (59), and what the command itself would refuse. */
export function readExplained(command: RawDocument): Steps<ExplainedQuery> {
  const name = readElements(command)[0]?.name ?? "";
  const read = Object.hasOwn(READERS, name) ? READERS[name] : undefined;
  if (read === undefined)
    throw new CommandError("CommandNotFound", `Explain failed due to unknown command: ${name}`);
  return read(command);
}
