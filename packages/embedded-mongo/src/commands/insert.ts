import { runBulk } from "../statements/bulk.js";
import { InsertStatement } from "../statements/insert-statement.js";
import { defineCommand, namespaceOf } from "./command.js";
import { checkBatch, checkNewNamespace } from "./limits.js";
import { boolean, collectionName, documents, required, withoutEffect } from "./option-readers.js";
import { sumResults, writeReply } from "./write-reply.js";

export const insert = defineCommand({
  name: "insert",
  options: {
    insert: collectionName,
    documents: required(documents),
    ordered: boolean,
    // There are no validators to bypass.
    bypassDocumentValidation: withoutEffect,
  },
  run: async (context, { insert: collection, documents: inserted, ordered = true }) => {
    const { store, operation } = context;
    const namespace = namespaceOf(context, collection);
    checkNewNamespace(namespace);
    checkBatch(inserted);
    const statements = inserted.map((document) => new InsertStatement(store, namespace, document));
    const { failures } = await runBulk(statements, { store, operation, isOrdered: ordered });
    return writeReply({ n: sumResults(statements).n }, failures);
  },
});
