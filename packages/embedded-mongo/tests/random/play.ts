import { type Collection, type IndexDescription, MongoServerError } from "mongodb";
import { type IndexModel, ReferenceCollection } from "../model/collection.js";
import type { Field } from "../model/model.js";
import { toDriverFilter } from "../model/to-driver.js";
import { aggregateLine, countLine, distinctLine, findLine, toPattern } from "./reads.js";
import type { Scenario, Step } from "./scenario.js";
import {
  deleteLine,
  findAndUpdateLine,
  insertLine,
  updateLine,
  upsertLine,
  type WriteLine,
} from "./writes.js";

/** A scenario with the answers of the reference. */
export interface Script {
  readonly expected: readonly string[];
  /** Plays it on an empty collection and gives the server's answers in the same form. */
  readonly play: (collection: Collection, hasIndexes: boolean) => Promise<string[]>;
}

export function writeScript({ documents, indexes, isBuiltLater, steps }: Scenario): Script {
  const reference = new ReferenceCollection(indexes);
  const numbered = documents.map((fields, id) => withId(id, fields));
  const first = insertLine(reference, numbered);
  const lines = steps.map((step, index) => lineOf(reference, step, documents.length + index));
  return {
    expected: [first, ...lines].map(({ expected }) => expected),
    play: async (collection, hasIndexes) => {
      await collection.db.createCollection(collection.collectionName);
      if (hasIndexes && !isBuiltLater) await createIndexes(collection, indexes);
      const answers = [await answerOf(first, collection, hasIndexes && !isBuiltLater)];
      if (hasIndexes && isBuiltLater) await createIndexes(collection, indexes);
      for (const line of lines) answers.push(await answerOf(line, collection, hasIndexes));
      return answers;
    },
  };
}

function withId(id: number, fields: readonly Field[]): Field[] {
  return [["_id", { type: "int", value: id }], ...fields];
}

function lineOf(reference: ReferenceCollection, step: Step, newId: number): WriteLine {
  switch (step.kind) {
    case "find":
      return findLine(reference, step);
    case "count":
      return countLine(reference, step);
    case "distinct":
      return distinctLine(reference, step);
    case "aggregate":
      return aggregateLine(reference, step);
    case "update":
      return updateLine(reference, step);
    case "upsert":
      return upsertLine(reference, step);
    case "findAndUpdate":
      return findAndUpdateLine(reference, step);
    case "delete":
      return deleteLine(reference, step);
    case "insert":
      return insertLine(reference, [withId(newId, step.document)]);
  }
}

async function answerOf(
  line: WriteLine,
  collection: Collection,
  hasIndexes: boolean,
): Promise<string> {
  try {
    return await line.ask(collection, hasIndexes);
  } catch (error) {
    if (error instanceof MongoServerError) return `refused with ${String(error.code)}`;
    throw error;
  }
}

async function createIndexes(
  collection: Collection,
  indexes: readonly IndexModel[],
): Promise<void> {
  if (indexes.length > 0) await collection.createIndexes(indexes.map(toDescription));
}

function toDescription({ parts, isUnique, isSparse, partial }: IndexModel): IndexDescription {
  return {
    key: toPattern(parts),
    ...(isUnique && { unique: true }),
    ...(isSparse && { sparse: true }),
    ...(partial && { partialFilterExpression: toDriverFilter(partial) }),
  };
}
