import type { BsonValue } from "../bson/value.js";
import { arrayValue, buildDocument, encodeDocument } from "../bson/document.js";
import { intValue, objectValue } from "../bson/value.js";
import type { Statement, StatementFailure } from "../statements/statement.js";
import type { Reply } from "../wire/connection.js";
import { rawReply } from "./command.js";
import { writeErrorFields } from "./write-error.js";

export interface WriteCounts {
  /** Documents that were inserted, matched or deleted. */
  readonly n: number;
  /** Of an update only. */
  readonly nModified?: number;
  readonly upserted?: readonly { readonly index: number; readonly id: BsonValue }[];
}

/** What the statements of a command did together. */
export function sumResults(statements: readonly Statement[]) {
  const results = statements.map(({ result }) => result);
  const upserted = results.flatMap(({ upsertedId: id }, index) =>
    id === undefined ? [] : [{ index, id }],
  );
  return {
    n: results.reduce((sum, { n }) => sum + n, 0),
    nModified: results.reduce((sum, { modified }) => sum + modified, 0),
    upserted,
  };
}

/** The reply to insert, update and delete: counts, and what failed by position. */
export function writeReply(counts: WriteCounts, failures: readonly StatementFailure[]): Reply {
  const { n, nModified, upserted = [] } = counts;
  const fields: [string, BsonValue][] = [["n", intValue(n)]];
  if (nModified !== undefined) fields.push(["nModified", intValue(nModified)]);
  if (upserted.length > 0)
    fields.push([
      "upserted",
      arrayValue(
        upserted.map(({ index, id }) =>
          objectValue(
            buildDocument([
              ["index", intValue(index)],
              ["_id", id],
            ]),
          ),
        ),
      ),
    ]);
  if (failures.length > 0) fields.push(["writeErrors", arrayValue(failures.map(describeFailure))]);
  return rawReply(fields);
}

function describeFailure({ index, error }: StatementFailure): BsonValue {
  return objectValue(encodeDocument({ index, ...writeErrorFields(error) }));
}
