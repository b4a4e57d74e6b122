import type { RawDocument } from "../bson/document.js";
import { runBulk } from "../statements/bulk.js";
import { type DeleteOptions, DeleteStatement } from "../statements/delete-statement.js";
import { defineCommand, namespaceOf } from "./command.js";
import { CommandError } from "../errors.js";
import { checkBatch } from "./limits.js";
import {
  boolean,
  collectionName,
  count,
  document,
  documents,
  hint,
  required,
  simpleCollation,
  unsupported,
} from "./option-readers.js";
import { readFields } from "./options.js";
import { sumResults, writeReply } from "./write-reply.js";

/** One entry of `deletes`. */
const DELETE_ENTRY = {
  q: required(document),
  limit: required(count),
  hint,
  collation: simpleCollation,
};

export const DELETE_OPTIONS = {
  delete: collectionName,
  deletes: required(documents),
  ordered: boolean,
  let: unsupported("filters have no variables"),
};

export const deleteCommand = defineCommand({
  name: "delete",
  options: DELETE_OPTIONS,
  run: async (context, { delete: collection, deletes, ordered = true }) => {
    const { store, operation } = context;
    const namespace = namespaceOf(context, collection);
    checkBatch(deletes);
    const statements = deletes.map(
      (entry) => new DeleteStatement(store, readDelete(namespace, entry)),
    );
    const { failures } = await runBulk(statements, { store, operation, isOrdered: ordered });
    return writeReply({ n: sumResults(statements).n }, failures);
  },
});

/** @throws CommandError */
export function readDelete(namespace: string, entry: RawDocument): DeleteOptions {
  const { q: query, limit, hint: index } = readFields(DELETE_ENTRY, entry, "delete.deletes");
  if (limit > 1)
    throw new CommandError("FailedToParse", `The limit of a delete must be 0 or 1, not ${limit}`);
  return { namespace, query, hint: index, isMulti: limit === 0 };
}
