import type { Collection, Document, FindOptions } from "mongodb";
import { runStage, type Stage } from "../model/aggregating.js";
import { idOf, type ReferenceCollection } from "../model/collection.js";
import { compareKeys, type Key, type KeyPart, sortKey } from "../model/index-keys.js";
import type { Field, Model } from "../model/model.js";
import { compareModels } from "../model/order.js";
import { projectedFields, type Projection } from "../model/projecting.js";
import {
  textOf,
  toDriver,
  toDriverDocument,
  toDriverFilter,
  toDriverOperators,
} from "../model/to-driver.js";
import type { FindStep, Step } from "./scenario.js";

type Fields = readonly Field[];
type StepOf<K extends Step["kind"]> = Extract<Step, { kind: K }>;

/** What one step must give, and how to ask a server for it; both as text that can be compared. */
export interface Line {
  readonly expected: string;
  readonly ask: (collection: Collection) => Promise<string>;
}

export const EXACT_TYPES = { promoteValues: false, bsonRegExp: true };
const PARALLEL_SORT = "refused with 2";

export function findLine(reference: ReferenceCollection, step: FindStep): Line {
  const { query, sort, isTieBroken, skip, limit, projection, batchSize } = step;
  const parts: KeyPart[] = isTieBroken ? [...sort, { path: "_id", direction: 1 }] : [...sort];
  const sorted = inOrder(reference.matching(query), parts);
  const options: FindOptions = {
    ...EXACT_TYPES,
    skip,
    limit,
    batchSize,
    ...(parts.length > 0 && { sort: toPattern(parts) }),
    ...(projection && { projection: toProjection(projection) }),
  };
  const ask = async (collection: Collection) => {
    const found = await collection.find(toDriverFilter(query), options).toArray();
    return describeFound(found, sorted === "parallel" ? [] : sorted, projection);
  };
  if (sorted === "parallel") return { expected: PARALLEL_SORT, ask };
  const end = limit === 0 ? undefined : skip + limit;
  const wanted = sorted.slice(skip, end).map(({ fields }) => project(fields, projection));
  return { expected: describeFound(wanted.map(toDriverDocument), sorted, projection), ask };
}

interface Ranked {
  readonly fields: Fields;
  readonly key: Key;
  /** How many documents come before it whatever the order among equals. */
  readonly rank: number;
}

/** By the sort, and by `_id` between equals. */
export function inOrder(
  documents: readonly Fields[],
  parts: readonly KeyPart[],
): Ranked[] | "parallel" {
  const keyed = documents.map((fields) => ({ fields, key: sortKey(fields, parts) }));
  const sound = keyed.flatMap(({ fields, key }) => (key === "parallel" ? [] : [{ fields, key }]));
  if (sound.length < keyed.length) return "parallel";
  sound.sort((a, b) => compareKeys(a.key, b.key, parts) || idOf(a.fields) - idOf(b.fields));
  return sound.map(({ fields, key }) => ({
    fields,
    key,
    rank: sound.filter((other) => compareKeys(other.key, key, parts) < 0).length,
  }));
}

/** The rank of each document found, and, where only one order or choice is right, nothing else may differ. */
function describeFound(
  found: readonly Document[],
  sorted: readonly Ranked[],
  projection: Projection | undefined,
): string {
  const texts = found.map(textOf);
  const known = new Map(
    sorted.map(({ fields, rank }) => [
      textOf(toDriverDocument(project(fields, projection))),
      { rank },
    ]),
  );
  const ranks = texts.map((text) => known.get(text)?.rank ?? `not wanted: ${text}`);
  const isTie = new Set(sorted.map(({ rank }) => rank)).size < sorted.length;
  const others = isTie ? new Set(texts).size : texts;
  return JSON.stringify({ ranks, others });
}

function project(fields: Fields, projection: Projection | undefined): Fields {
  return projection === undefined ? fields : projectedFields(fields, projection);
}

function toProjection({ isInclusion, paths, part }: Projection): Document {
  const flags = Object.fromEntries(paths.map((path) => [path, isInclusion ? 1 : 0]));
  if (part === undefined) return flags;
  const value =
    "count" in part ? { $slice: part.count } : { $elemMatch: toDriverOperators([part.condition]) };
  return { ...flags, [part.field]: value };
}

export function toPattern(parts: readonly KeyPart[]): Record<string, 1 | -1> {
  return Object.fromEntries(parts.map(({ path, direction }) => [path, direction]));
}

export function countLine(reference: ReferenceCollection, step: StepOf<"count">): Line {
  const { query, skip, limit } = step;
  const rest = reference.matching(query).slice(skip);
  const expected = String(limit === 0 ? rest.length : rest.slice(0, limit).length);
  const options = { skip, ...(limit > 0 && { limit }) };
  return {
    expected: `${expected}, ${expected}`,
    ask: async (collection) => {
      const filter = toDriverFilter(query);
      const counted = await collection.countDocuments(filter, options);
      const command = { count: collection.collectionName, query: filter, skip, limit };
      const { n } = await collection.db.command(command);
      return `${counted}, ${String(n)}`;
    },
  };
}

export function distinctLine(reference: ReferenceCollection, step: StepOf<"distinct">): Line {
  const groups: Model[][] = [];
  const names = step.path.split(".");
  for (const fields of reference.matching(step.query))
    for (const value of valuesAt({ type: "object", fields }, names)) {
      const known = groups.find(([one]) => one !== undefined && compareModels(one, value) === 0);
      if (known === undefined) groups.push([value]);
      else known.push(value);
    }
  const texts = groups.map((group) => group.map((value) => textOf({ value: toDriver(value) })));
  const describe = (values: readonly unknown[]) => {
    const found = values.map((value) => textOf({ value }));
    // Of values that are equal, any may stand for all.
    const places = found.map((text) => texts.findIndex((group) => group.includes(text)));
    return JSON.stringify(places.sort((a, b) => a - b));
  };
  return {
    expected: JSON.stringify([...groups.keys()]),
    ask: async (collection) =>
      describe(await collection.distinct(step.path, toDriverFilter(step.query), EXACT_TYPES)),
  };
}

/** What `distinct` takes from a document: arrays stand for their elements. */
function valuesAt(value: Model | undefined, names: readonly string[]): Model[] {
  const [name, ...rest] = names;
  if (value === undefined) return [];
  if (name === undefined) return value.type === "array" ? [...value.items] : [value];
  if (value.type === "object")
    return valuesAt(value.fields.find(([key]) => key === name)?.[1], rest);
  if (value.type !== "array") return [];
  return value.items.flatMap((item) => (item.type === "object" ? valuesAt(item, names) : []));
}

export function aggregateLine(reference: ReferenceCollection, step: StepOf<"aggregate">): Line {
  const { query, stages } = step;
  const found = stages.reduce<readonly Fields[]>(runStage, reference.matching(query));
  const pipeline = [
    { $match: toDriverFilter(query) },
    { $sort: { _id: 1 } },
    ...stages.flatMap(toStages),
  ];
  const isUnordered = stages.at(-1)?.stage === "$group";
  const describe = (documents: readonly Document[]) => {
    const texts = documents.map(textOf);
    return JSON.stringify(isUnordered ? texts.sort() : texts);
  };
  return {
    expected: describe(found.map(toDriverDocument)),
    ask: async (collection) =>
      describe(await collection.aggregate(pipeline, EXACT_TYPES).toArray()),
  };
}

function toStages(stage: Stage): Document[] {
  switch (stage.stage) {
    case "$skip":
    case "$limit":
      return [{ [stage.stage]: stage.count }];
    case "$count":
      return [{ $count: "count" }];
    case "$project":
      return [{ $project: toProjection(stage.projection) }];
    case "$unwind": {
      const { field, keepsEmpty: preserveNullAndEmptyArrays } = stage;
      return [{ $unwind: { path: `$${field}`, preserveNullAndEmptyArrays } }];
    }
    case "$group":
      return [{ $group: toGroup(stage.by, `$${stage.field}`) }];
  }
}

function toGroup(by: string, field: string): Document {
  return {
    _id: `$${by}`,
    n: { $sum: 1 },
    least: { $min: field },
    most: { $max: field },
    first: { $first: field },
    last: { $last: field },
    all: { $push: field },
  };
}
