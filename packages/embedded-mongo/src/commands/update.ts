import type { RawDocument } from "../bson/document.js";
import { runBulk } from "../statements/bulk.js";
import { type UpdateOptions, UpdateStatement } from "../statements/update-statement.js";
import { defineCommand, namespaceOf } from "./command.js";
import { checkBatch, checkNewNamespace } from "./limits.js";
import * as read from "./option-readers.js";
import { readFields } from "./options.js";
import { sumResults, writeReply } from "./write-reply.js";

/** How an update goes about it, in every command that has one. */
export const UPDATE_FIELDS = {
  multi: read.boolean,
  upsert: read.boolean,
  hint: read.hint,
  collation: read.simpleCollation,
  sort: read.unsupported("sort an update with findAndModify"),
  arrayFilters: read.unsupported("there are no filtered positional updates"),
};

/** One entry of `updates`. */
const UPDATE_ENTRY = {
  q: read.required(read.document),
  u: read.required(read.anyValue),
  ...UPDATE_FIELDS,
  c: read.unsupported("there are no pipeline updates"),
};

export const UPDATE_OPTIONS = {
  update: read.collectionName,
  updates: read.required(read.documents),
  ordered: read.boolean,
  bypassDocumentValidation: read.withoutEffect,
  let: read.unsupported("filters have no variables"),
};

export const updateCommand = defineCommand({
  name: "update",
  options: UPDATE_OPTIONS,
  run: async (context, { update: collection, updates, ordered = true }) => {
    const { store, operation } = context;
    const namespace = namespaceOf(context, collection);
    checkNewNamespace(namespace);
    checkBatch(updates);
    const statements = updates.map(
      (entry) =>
        new UpdateStatement(store, { ...readUpdate(namespace, entry), now: context.now() }),
    );
    const { failures } = await runBulk(statements, { store, operation, isOrdered: ordered });
    return writeReply(sumResults(statements), failures);
  },
});

/** @throws CommandError */
export function readUpdate(namespace: string, entry: RawDocument): Omit<UpdateOptions, "now"> {
  const options = readFields(UPDATE_ENTRY, entry, "update.updates");
  const { q: query, u: update, multi = false, upsert = false, hint } = options;
  return { namespace, query, update, hint, isMulti: multi, isUpsert: upsert };
}
