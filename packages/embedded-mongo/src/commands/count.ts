import { PAUSE } from "../turn.js";
import { type CommandContext, defineCommand, namespaceOf, plainReply } from "./command.js";
import {
  collectionName,
  count,
  document,
  hint,
  integer,
  simpleCollation,
} from "./option-readers.js";
import { type Query, readFilter, runQuery } from "./query.js";

export const COUNT_OPTIONS = {
  count: collectionName,
  query: document,
  skip: count,
  limit: integer,
  hint,
  collation: simpleCollation,
};

export const countCommand = defineCommand({
  name: "count",
  options: COUNT_OPTIONS,
  run: async (context, options) => {
    const { skip, limit, hint: index } = options;
    const n = await countMatches(context, namespaceOf(context, options.count), {
      filter: await context.operation.run(readFilter(options.query)),
      skip,
      // A negative limit is the same as a positive one, as in MongoDB.
      limit: limit === undefined || limit === 0 ? undefined : Math.abs(limit),
      hint: index,
    });
    return plainReply({ n });
  },
});

/** How many documents a query without a sort finds: from the counters where it asks for all. */
export async function countMatches(
  { store, operation }: CommandContext,
  namespace: string,
  query: Query,
): Promise<number> {
  const collection = store.catalogue.find(namespace);
  const { skip = 0, limit = Infinity } = query;
  if (collection !== undefined && query.filter.isEmpty && query.hint === undefined)
    return Math.min(Math.max(0, collection.counters.documents - skip), limit);
  const { source } = runQuery(store, namespace, { ...query, isCountOnly: true });
  let found = 0;
  for (let next = source.next(operation); next !== undefined; next = source.next(operation)) {
    if (next !== PAUSE) found += 1;
    else {
      source.release();
      await operation.pause();
    }
  }
  return found;
}
