import fc from "fast-check";
import {
  SMALL,
  denseFields,
  denseScalars,
  plainFields,
  plainValues,
  scalars,
} from "../model/arbitraries.js";
import type { Stage } from "../model/aggregating.js";
import type { IndexModel } from "../model/collection.js";
import type { KeyPart } from "../model/index-keys.js";
import type { Query } from "../model/matching.js";
import type { Field, Model } from "../model/model.js";
import type { Projection } from "../model/projecting.js";
import { indexableQueries, patterns, queries } from "../model/queries.js";
import { arithmeticSteps, updateSteps, type UpdateStep } from "../model/updating.js";
import { sortingScenarios } from "./sorting.js";
import { stages } from "./stages.js";
import { findProjections } from "./projections.js";

type Fields = readonly Field[];

/** Everything that happens to one collection. */
export interface Scenario {
  readonly documents: readonly Fields[];
  readonly indexes: readonly IndexModel[];
  /** The indexes are built over the documents instead of growing with them. */
  readonly isBuiltLater: boolean;
  readonly steps: readonly Step[];
}

export type Step =
  | FindStep
  | { readonly kind: "count"; readonly query: Query; readonly skip: number; readonly limit: number }
  | { readonly kind: "distinct"; readonly query: Query; readonly path: string }
  | { readonly kind: "aggregate"; readonly query: Query; readonly stages: readonly Stage[] }
  | { readonly kind: "update"; readonly query: Query; readonly change: UpdateStep }
  | { readonly kind: "upsert"; readonly id: number; readonly change: UpdateStep }
  | FindAndUpdateStep
  | { readonly kind: "delete"; readonly query: Query }
  | { readonly kind: "insert"; readonly document: Fields };

export interface FindStep {
  readonly kind: "find";
  readonly query: Query;
  readonly sort: readonly KeyPart[];
  /** `_id` decides between equal sort keys; without, any order of them is right. */
  readonly isTieBroken: boolean;
  readonly skip: number;
  /** 0 is none. */
  readonly limit: number;
  readonly batchSize: number;
  readonly projection: Projection | undefined;
}

export interface FindAndUpdateStep {
  readonly kind: "findAndUpdate";
  readonly query: Query;
  readonly sort: readonly KeyPart[];
  readonly change: UpdateStep;
  readonly isNew: boolean;
}

/** What JavaScript can send: no `undefined`, no date beyond its own, no timestamp that the server fills in. */
const sendableScalars = scalars
  .filter(({ type }) => type !== "undefined")
  .map((model): Model => {
    if (model.type === "date") return { ...model, value: model.value % 8_640_000_000_000_000n };
    return model.type === "timestamp" ? { ...model, value: model.value | 1n } : model;
  });

const sendableValues: fc.Arbitrary<Model> = fc.letrec<{ value: Model; fields: Field[] }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { arbitrary: sendableScalars, weight: 4 },
    {
      arbitrary: fc.array(tie("value"), SMALL).map((items): Model => ({ type: "array", items })),
      weight: 2,
    },
    { arbitrary: tie("fields").map((fields): Model => ({ type: "object", fields })), weight: 2 },
    {
      arbitrary: tie("fields").map((scope): Model => ({
        type: "javascriptWithScope",
        text: "f",
        scope,
      })),
      weight: 1,
    },
  ),
  fields: fieldsOf(["a", "b"], tie("value")),
})).value;

function fieldsOf(names: readonly string[], value: fc.Arbitrary<Model>): fc.Arbitrary<Field[]> {
  return fc.uniqueArray(fc.tuple(fc.constantFrom(...names), value), {
    maxLength: names.length,
    selector: ([name]) => name,
  });
}

const documents: fc.Arbitrary<Field[]> = fc.oneof(
  { arbitrary: denseFields, weight: 4 },
  { arbitrary: plainFields, weight: 2 },
  { arbitrary: fieldsOf(["a", "b", "c"], sendableValues), weight: 2 },
);

/** A pattern is no operand of a comparison. */
const operands = fc.oneof(
  denseScalars,
  sendableScalars.filter(({ type }) => type !== "regex"),
);

const typedQueries: fc.Arbitrary<Query> = fc.record({
  path: fc.constantFrom("a", "b", "c", "a.b"),
  condition: fc.oneof(
    fc.record({
      operator: fc.constantFrom("$eq" as const, "$ne", "$gt", "$gte", "$lt", "$lte"),
      operand: operands,
    }),
    fc.record({
      operator: fc.constantFrom("$in" as const, "$nin"),
      operands: fc.array(fc.oneof(operands, plainValues), SMALL),
    }),
    patterns,
  ),
});

const allQueries = fc.oneof(
  { arbitrary: indexableQueries, weight: 4 },
  { arbitrary: typedQueries, weight: 2 },
  { arbitrary: queries, weight: 2 },
);

const keyPaths = ["a", "b", "c", "a.b", "a.a"];

function keyParts(minLength: number): fc.Arbitrary<KeyPart[]> {
  return fc.uniqueArray(
    fc.record({
      path: fc.constantFrom(...keyPaths),
      direction: fc.constantFrom(1 as const, -1 as const),
    }),
    { minLength, maxLength: 3, selector: ({ path }) => path },
  );
}

const partialFilters: fc.Arbitrary<Query> = fc.record({
  path: fc.constantFrom("a", "b"),
  condition: fc.oneof(
    fc.record({
      operator: fc.constantFrom("$eq" as const, "$gt", "$gte", "$lt", "$lte"),
      operand: denseScalars,
    }),
    fc.record({ operator: fc.constant("$exists" as const), isWanted: fc.constant(true) }),
  ),
});

const indexes: fc.Arbitrary<IndexModel> = fc
  .record({
    parts: keyParts(1),
    isUnique: fc.integer({ min: 0, max: 3 }).map((die) => die === 3),
    isSparse: fc.integer({ min: 0, max: 3 }).map((die) => die === 3),
    partial: fc.option(partialFilters, { nil: undefined, freq: 3 }),
  })
  .map((index) => ({ ...index, isSparse: index.isSparse && index.partial === undefined }));

const counts = fc.integer({ min: 0, max: 4 });

const finds: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant("find" as const),
  query: allQueries,
  sort: keyParts(0),
  isTieBroken: fc.boolean(),
  skip: fc.constantFrom(0, 0, 1, 3),
  limit: fc.constantFrom(0, 0, 1, 4),
  batchSize: fc.constantFrom(1, 2, 3, 100),
  projection: fc.option(findProjections, { nil: undefined }),
});

const query = allQueries;
const change = updateSteps;

/** The reference does no arithmetic with decimals. */
const changes: fc.Arbitrary<{ query: Query; change: UpdateStep }> = fc.oneof(
  { arbitrary: fc.record({ query, change }), weight: 6 },
  fc.record({ query, change: arithmeticSteps }).map(({ query: wanted, change: step }) => {
    const condition = { operator: "$type" as const, type: "decimal" as const };
    const isOther: Query = { path: step.path, condition: { operator: "$not", condition } };
    return { query: { logic: "$and" as const, queries: [wanted, isOther] }, change: step };
  }),
);

/** Of documents that are not there at first, and that no insert brings. */
const upsertIds = fc.integer({ min: 1000, max: 1002 });

const otherSteps: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("count" as const), query, skip: counts, limit: counts }),
  fc.record({ kind: fc.constant("distinct" as const), query, path: fc.constantFrom(...keyPaths) }),
  fc.record({ kind: fc.constant("aggregate" as const), query, stages }),
  changes.map((changing): Step => ({ kind: "update", ...changing })),
  fc.record({ kind: fc.constant("upsert" as const), id: upsertIds, change }),
  fc
    .record({ changing: changes, sort: keyParts(0), isNew: fc.boolean() })
    .map(({ changing, sort, isNew }): Step => ({
      kind: "findAndUpdate",
      ...changing,
      sort,
      isNew,
    })),
  fc.record({ kind: fc.constant("delete" as const), query }),
  fc.record({ kind: fc.constant("insert" as const), document: documents }),
);

const generalScenarios: fc.Arbitrary<Scenario> = fc.record({
  documents: fc.array(documents, { maxLength: 12, size: "max" }),
  indexes: fc.uniqueArray(indexes, {
    maxLength: 3,
    selector: ({ parts }) => JSON.stringify(parts),
  }),
  isBuiltLater: fc.boolean(),
  steps: fc.array(fc.oneof({ arbitrary: finds, weight: 3 }, { arbitrary: otherSteps, weight: 4 }), {
    minLength: 1,
    maxLength: 12,
    size: "max",
  }),
});

export const scenarios: fc.Arbitrary<Scenario> = fc.oneof(
  { arbitrary: generalScenarios, weight: 6 },
  { arbitrary: sortingScenarios, weight: 1 },
);
