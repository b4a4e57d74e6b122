import { type AnyBulkWriteOperation, type Collection, MongoBulkWriteError } from "mongodb";
import { idOf, type ReferenceCollection } from "../model/collection.js";
import type { KeyPart } from "../model/index-keys.js";
import type { Field } from "../model/model.js";
import { textOf, toDriver, toDriverDocument, toDriverFilter } from "../model/to-driver.js";
import { updatedFields, type UpdateStep } from "../model/updating.js";
import { EXACT_TYPES, inOrder, type Line, toPattern } from "./reads.js";
import type { FindAndUpdateStep, Step } from "./scenario.js";

type Fields = readonly Field[];
type StepOf<K extends Step["kind"]> = Extract<Step, { kind: K }>;

/** Whether the collection has the scenario's indexes: one without is sent only what the indexes do not refuse. */
export interface WriteLine extends Pick<Line, "expected"> {
  readonly ask: (collection: Collection, hasIndexes: boolean) => Promise<string>;
}

interface Write {
  readonly operation: AnyBulkWriteOperation;
  readonly isAccepted: boolean;
}

export function insertLine(
  reference: ReferenceCollection,
  documents: readonly Fields[],
): WriteLine {
  const writes = documents.map((fields): Write => ({
    operation: { insertOne: { document: toDriverDocument(fields) } },
    isAccepted: reference.put(fields),
  }));
  return bulkLine(reference, writes);
}

/** One statement for all where no document can be refused, else one after the other. */
export function updateLine(reference: ReferenceCollection, step: StepOf<"update">): WriteLine {
  const { query, change } = step;
  const update = toUpdate(change);
  const writes = reference.matching(query).map((fields): Write => {
    const operation = { updateOne: { filter: { _id: toId(fields) }, update } };
    const updated = updatedFields(fields, change);
    return { operation, isAccepted: updated !== "refused" && reference.put(updated) };
  });
  const isWhole = !reference.hasUniqueIndex && writes.every(({ isAccepted }) => isAccepted);
  if (!isWhole) return bulkLine(reference, writes);
  const updateMany = { filter: toDriverFilter(query), update };
  return bulkLine(reference, [{ operation: { updateMany }, isAccepted: true }]);
}

export function upsertLine(
  reference: ReferenceCollection,
  { id, change }: StepOf<"upsert">,
): WriteLine {
  const fields = reference.get(id) ?? [["_id", { type: "int", value: id }]];
  const updated = updatedFields(fields, change);
  const isAccepted = updated !== "refused" && reference.put(updated);
  const updateOne = { filter: { _id: toId(fields) }, update: toUpdate(change), upsert: true };
  return bulkLine(reference, [{ operation: { updateOne }, isAccepted }]);
}

export function deleteLine(reference: ReferenceCollection, step: StepOf<"delete">): WriteLine {
  for (const fields of reference.matching(step.query)) reference.delete(idOf(fields));
  const deleteMany = { filter: toDriverFilter(step.query) };
  return bulkLine(reference, [{ operation: { deleteMany }, isAccepted: true }]);
}

function bulkLine(reference: ReferenceCollection, writes: readonly Write[]): WriteLine {
  const refused = writes.flatMap(({ isAccepted }, index) => (isAccepted ? [] : [index]));
  const content = describeContent(reference.all.map(toDriverDocument));
  return {
    expected: `refused: ${refused.join()}; ${content}`,
    ask: async (collection, hasIndexes) => {
      const sent = hasIndexes ? writes : writes.filter(({ isAccepted }) => isAccepted);
      const failed = await failuresOf(
        collection,
        sent.map(({ operation }) => operation),
      );
      const shown = hasIndexes ? failed : [...refused, ...failed];
      return `refused: ${shown.join()}; ${await readContent(collection)}`;
    },
  };
}

/** Which of the operations were refused. */
async function failuresOf(
  collection: Collection,
  operations: AnyBulkWriteOperation[],
): Promise<number[]> {
  if (operations.length === 0) return [];
  try {
    await collection.bulkWrite(operations, { ordered: false });
    return [];
  } catch (error) {
    if (!(error instanceof MongoBulkWriteError)) throw error;
    return [error.writeErrors].flat().map(({ index }) => index);
  }
}

export function findAndUpdateLine(
  reference: ReferenceCollection,
  { query, sort, change, isNew }: FindAndUpdateStep,
): WriteLine {
  const parts: KeyPart[] = [...sort, { path: "_id", direction: 1 }];
  const sorted = inOrder(reference.matching(query), parts);
  const isRefusedSort = sorted === "parallel";
  const target = isRefusedSort ? undefined : sorted[0]?.fields;
  const updated = target && updatedFields(target, change);
  const isAccepted =
    !isRefusedSort && updated !== "refused" && (updated === undefined || reference.put(updated));
  const given = isNew && updated !== "refused" ? updated : target;
  const content = describeContent(reference.all.map(toDriverDocument));
  const value = isAccepted ? textOf({ value: given ? toDriverDocument(given) : null }) : "refused";
  return {
    expected: `${value}; ${content}`,
    ask: async (collection, hasIndexes) => {
      if (!hasIndexes && !isAccepted) return `refused; ${await readContent(collection)}`;
      const answer = collection.findOneAndUpdate(toDriverFilter(query), toUpdate(change), {
        ...EXACT_TYPES,
        sort: toPattern(parts),
        returnDocument: isNew ? "after" : "before",
      });
      const shown = await answer.then((found) => textOf({ value: found })).catch(() => "refused");
      return `${shown}; ${await readContent(collection)}`;
    },
  };
}

function toUpdate({ operator, path, operand }: UpdateStep) {
  return { [operator]: { [path]: toDriver(operand) } };
}

/** The `_id` of a reference document, typed like the driver's default. */
function toId(fields: Fields): never {
  return idOf(fields) as never;
}

async function readContent(collection: Collection): Promise<string> {
  const documents = await collection.find({}, { ...EXACT_TYPES, sort: { _id: 1 } }).toArray();
  return describeContent(documents);
}

function describeContent(documents: readonly object[]): string {
  return documents.map((document) => textOf(document)).join(" ");
}
