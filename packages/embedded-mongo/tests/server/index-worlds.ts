import fc from "fast-check";
import { arrayValue, buildDocument, encodeDocument } from "../../src/bson/document.js";
import { objectValue } from "../../src/bson/value.js";
import { denseFields, plainFields } from "../model/arbitraries.js";
import type { Model } from "../model/model.js";
import { indexableQueries, queries, toFilter } from "../model/queries.js";

const direction = fc.constantFrom(1, -1);

/** Mostly on the paths that the queries ask for. */
const pattern = fc
  .uniqueArray(fc.tuple(fc.constantFrom("a", "b", "a.b", "a", "b", "a.0", "c"), direction), {
    minLength: 1,
    maxLength: 3,
    selector: ([name]) => name,
  })
  .map((fields) => Object.fromEntries(fields));

const PARTIAL_FILTERS = [{ a: { $gte: 1 } }, { b: { $exists: true } }, { a: 1 }, { b: { $lt: 3 } }];

const indexes = fc.record({
  key: pattern,
  options: fc.oneof(
    { arbitrary: fc.constant({}), weight: 4 },
    fc.constantFrom({ unique: true }, { sparse: true }),
    fc
      .constantFrom(...PARTIAL_FILTERS)
      .map((partialFilterExpression) => ({ partialFilterExpression })),
  ),
});

const indexable = fc.oneof(
  { arbitrary: indexableQueries.map(toFilter), weight: 4 },
  // Such a filter implies that of a partial index.
  {
    arbitrary: fc
      .tuple(
        indexableQueries.map(toFilter),
        fc.constantFrom(...PARTIAL_FILTERS).map(encodeDocument),
      )
      .map(([filter, partial]) =>
        buildDocument([["$and", arrayValue([objectValue(partial), objectValue(filter)])]]),
      ),
    weight: 2,
  },
  { arbitrary: queries.map(toFilter), weight: 1 },
);

export const questions = fc.record({
  filter: indexable,
  sort: fc.option(pattern, { freq: 2 }),
  skip: fc.constantFrom(0, 0, 2),
  limit: fc.constantFrom(undefined, undefined, 1, 3),
});

export const changes = fc.oneof(
  fc.record({ kind: fc.constant("delete" as const), filter: indexableQueries.map(toFilter) }),
  fc.record({
    kind: fc.constant("update" as const),
    filter: indexableQueries.map(toFilter),
    update: fc
      .constantFrom<Record<string, unknown>>(
        { $set: { a: 2 } },
        { $set: { a: 1, b: 2 } },
        { $set: { a: [0, 3, 3] } },
        { $set: { a: "x".repeat(3000), b: 1 } },
        { $unset: { b: 1 } },
        { $inc: { b: 1 } },
        { $push: { c: 1 } },
      )
      .map(encodeDocument),
  }),
);

function hasArray(model: Model): boolean {
  if (model.type === "array") return true;
  return model.type === "object" && model.fields.some(([, value]) => hasArray(value));
}

/** Without arrays an index may be used to the full: its order, all its bounds, its keys alone. */
const flatDocuments = fc.array(
  denseFields.map((fields) => fields.filter(([, value]) => !hasArray(value))),
  { minLength: 10, maxLength: 60 },
);
const documentsWithArrays = fc.array(fc.oneof(denseFields, denseFields, plainFields), {
  minLength: 10,
  maxLength: 40,
});

/** Indexes, documents, what happens to them, and what is asked then. */
export const worlds = fc.record({
  indexes: fc.array(indexes, { minLength: 1, maxLength: 4 }),
  documents: fc.oneof(flatDocuments, documentsWithArrays),
  changes: fc.array(changes, { maxLength: 2 }),
  questions: fc.array(questions, { minLength: 20, maxLength: 40 }),
});

export type Change = typeof changes extends fc.Arbitrary<infer T> ? T : never;
export type Question = typeof questions extends fc.Arbitrary<infer T> ? T : never;
