import { Double } from "bson";
import {
  buildDocument,
  encodeDocument,
  encodeElement,
  type RawDocument,
} from "../bson/document.js";
import { doubleValue, intValue, objectValue } from "../bson/value.js";
import { DocumentBatches } from "../cursors/batches.js";
import { ListedDocuments } from "../cursors/listed-documents.js";
import { type BulkOutcome, runBulk } from "../statements/bulk.js";
import type { StatementResult } from "../statements/statement.js";
import { readNamespace, readWrite, type Write } from "./bulk-write-entries.js";
import { requireAdmin } from "./collections.js";
import { defineCommand } from "./command.js";
import { openCursor, readBatchSize } from "./cursor-commands.js";
import { checkBatch, MAX_BATCH_STATEMENTS } from "./limits.js";
import * as read from "./option-readers.js";
import { writeErrorFields } from "./write-error.js";

/** Inserts, updates and deletes in any number of collections, in their order (MongoDB 8.0). */
export const bulkWrite = defineCommand({
  name: "bulkWrite",
  options: {
    bulkWrite: read.anyValue,
    ops: read.required(read.documents),
    nsInfo: read.required(read.documents),
    ordered: read.boolean,
    errorsOnly: read.boolean,
    cursor: read.document,
    // There are no validators to bypass.
    bypassDocumentValidation: read.withoutEffect,
    let: read.unsupported("filters have no variables"),
  },
  run: async (context, { ops, nsInfo, ordered = true, errorsOnly = false, cursor }) => {
    requireAdmin(context.database, "bulkWrite");
    checkBatch(ops);
    // All results are in the first batch, as far as a reply has room for them.
    const batchSize = readBatchSize(cursor) ?? MAX_BATCH_STATEMENTS;
    const namespaces = nsInfo.map(readNamespace);
    const writes = ops.map((op) => readWrite(context, namespaces, op));
    const { store, operation } = context;
    const statements = writes.map(({ statement }) => statement);
    const outcome = await runBulk(statements, { store, operation, isOrdered: ordered });
    return openCursor(context, {
      namespace: "admin.$cmd.bulkWrite",
      batches: new DocumentBatches(new ListedDocuments(results(writes, outcome, errorsOnly))),
      batchSize,
      elements: counts(writes, outcome),
    });
  },
});

/** A document for each statement that was tried, or for those that failed. */
function results(
  writes: readonly Write[],
  { failures, tried }: BulkOutcome,
  isErrorsOnly: boolean,
): RawDocument[] {
  const errors = new Map(failures.map(({ index, error }) => [index, error]));
  return writes.slice(0, tried).flatMap((write, idx) => {
    const error = errors.get(idx);
    if (error === undefined) return isErrorsOnly ? [] : [describeDone(write, idx)];
    return [encodeDocument({ ok: new Double(0), idx, ...writeErrorFields(error), n: 0 })];
  });
}

function describeDone({ kind, statement: { result } }: Write, idx: number): RawDocument {
  const { n, modified, upsertedId } = result;
  return buildDocument([
    ["ok", doubleValue(1)],
    ["idx", intValue(idx)],
    ["n", intValue(n)],
    ...(kind === "update" ? [["nModified", intValue(modified)] as const] : []),
    ...(upsertedId === undefined
      ? []
      : [["upserted", objectValue(buildDocument([["_id", upsertedId]]))] as const]),
  ]);
}

/** What all statements did together, by kind. */
function counts(writes: readonly Write[], { failures }: BulkOutcome): Buffer[] {
  const sum = (kind: Write["kind"], of: (result: StatementResult) => number) =>
    writes.reduce((all, write) => all + (write.kind === kind ? of(write.statement.result) : 0), 0);
  const isUpserted = ({ upsertedId }: StatementResult) => upsertedId !== undefined;
  const fields = {
    nErrors: failures.length,
    nInserted: sum("insert", ({ n }) => n),
    nMatched: sum("update", (result) => (isUpserted(result) ? 0 : result.n)),
    nModified: sum("update", ({ modified }) => modified),
    nUpserted: sum("update", (result) => (isUpserted(result) ? 1 : 0)),
    nDeleted: sum("delete", ({ n }) => n),
  };
  return Object.entries(fields).map(([name, count]) => encodeElement(name, intValue(count)));
}
