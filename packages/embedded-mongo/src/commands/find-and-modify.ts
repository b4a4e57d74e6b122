import { buildDocument, EMPTY_DOCUMENT } from "../bson/document.js";
import { type BsonValue, boolValue, intValue, NULL_VALUE, objectValue } from "../bson/value.js";
import { CommandError } from "../errors.js";
import { compileProjection } from "../projection/projection.js";
import { runBulk } from "../statements/bulk.js";
import {
  type FindAndModifyOptions,
  FindAndModifyStatement,
} from "../statements/find-and-modify-statement.js";
import type { Steps } from "../turn.js";
import { compileUpdate, type Update } from "../update/update.js";
import type { Reply } from "../wire/connection.js";
import { defineCommand, namespaceOf, rawReply } from "./command.js";
import { checkNewNamespace } from "./limits.js";
import * as read from "./option-readers.js";
import type { OptionsOf } from "./options.js";
import { readFilter, readHint, readSort } from "./query.js";

const OPTIONS = {
  query: read.document,
  sort: read.document,
  hint: read.hint,
  collation: read.simpleCollation,
  remove: read.boolean,
  update: read.anyValue,
  new: read.boolean,
  fields: read.document,
  upsert: read.boolean,
  bypassDocumentValidation: read.withoutEffect,
  arrayFilters: read.unsupported("there are no filtered positional updates"),
  let: read.unsupported("filters have no variables"),
};

export const FIND_AND_MODIFY_OPTIONS = { findAndModify: read.collectionName, ...OPTIONS };

export const findAndModify = defineCommand({
  name: "findAndModify",
  options: FIND_AND_MODIFY_OPTIONS,
  run: async (context, options) => {
    const { store, operation } = context;
    const namespace = namespaceOf(context, options.findAndModify);
    checkNewNamespace(namespace);
    const modification = await operation.run(readModification(options));
    const project = compileProjection(options.fields ?? EMPTY_DOCUMENT, options.query);
    const statement = new FindAndModifyStatement(store, {
      namespace,
      ...modification,
      project,
      now: context.now(),
    });
    const { failures } = await runBulk([statement], { store, operation, isOrdered: true });
    const [failure] = failures;
    if (failure !== undefined) throw failure.error;
    return describe(statement, options.remove === true);
  },
});

/** @throws CommandError FailedToParse (9) when the options contradict each other. */
function* readModification(
  options: OptionsOf<typeof OPTIONS>,
): Steps<Omit<FindAndModifyOptions, "namespace" | "now" | "project">> {
  const { query, sort } = options;
  const filter = yield* readFilter(query);
  if (options.upsert === true) filter.requireUpsertable();
  return {
    filter,
    sort: readSort(sort),
    hint: readHint(options),
    update: readUpdate(options),
    isUpsert: options.upsert === true,
    isNew: options.new === true,
  };
}

function readUpdate(options: OptionsOf<typeof OPTIONS>): Update | undefined {
  const { update, remove = false, upsert = false, new: isNew = false } = options;
  const refuse = (reason: string) => new CommandError("FailedToParse", reason);
  if (remove && update !== undefined) throw refuse("Cannot specify both an update and remove=true");
  if (remove && upsert) throw refuse("Cannot specify both upsert=true and remove=true");
  if (remove && isNew)
    throw refuse(
      "Cannot specify both new=true and remove=true; 'remove' always returns the deleted document",
    );
  if (!remove && update === undefined)
    throw refuse("Either an update or remove=true must be specified");
  return update && compileUpdate(update);
}

function describe({ result, hasFound, answer }: FindAndModifyStatement, isRemoval: boolean): Reply {
  const last: [string, BsonValue][] = [["n", intValue(result.n)]];
  if (!isRemoval) last.push(["updatedExisting", boolValue(hasFound)]);
  if (result.upsertedId !== undefined) last.push(["upserted", result.upsertedId]);
  return rawReply([
    ["lastErrorObject", objectValue(buildDocument(last))],
    ["value", answer === undefined ? NULL_VALUE : objectValue(answer)],
  ]);
}
