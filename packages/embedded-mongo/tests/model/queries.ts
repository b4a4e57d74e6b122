import fc from "fast-check";
import { arrayValue, buildDocument, type RawDocument } from "../../src/bson/document.js";
import {
  boolValue,
  intValue,
  objectValue,
  stringValue,
  type BsonValue,
} from "../../src/bson/value.js";
import { SMALL, paths, denseScalars, plainValues } from "./arbitraries.js";
import type { Condition, Query } from "./matching.js";
import { toBson, type Model } from "./model.js";

/** The filter document of a query. */
export function toFilter(query: Query): RawDocument {
  if ("path" in query)
    return buildDocument([[query.path, objectValue(toOperators([query.condition]))]]);
  return buildDocument([
    [query.logic, arrayValue(query.queries.map((inner) => objectValue(toFilter(inner))))],
  ]);
}

function toOperators(conditions: readonly Condition[]): RawDocument {
  return buildDocument(conditions.map((condition) => [condition.operator, toOperand(condition)]));
}

function toOperand(condition: Condition): BsonValue {
  switch (condition.operator) {
    case "$in":
    case "$nin":
    case "$all":
      return arrayValue(condition.operands.map(toBson));
    case "$exists":
      return boolValue(condition.isWanted);
    case "$type":
      return stringValue(condition.type);
    case "$size":
      return intValue(condition.size);
    case "$regex":
      return toBson({ type: "regex", pattern: condition.pattern, options: condition.options });
    case "$mod":
      return arrayValue([intValue(condition.divisor), intValue(condition.remainder)]);
    case "$not":
      return objectValue(toOperators([condition.condition]));
    case "$elemMatch":
      return objectValue(
        "query" in condition ? toFilter(condition.query) : toOperators(condition.conditions),
      );
    case "$eq":
    case "$ne":
    case "$gt":
    case "$gte":
    case "$lt":
    case "$lte":
      return toBson(condition.operand);
  }
}

export const patterns: fc.Arbitrary<Condition> = fc.record({
  operator: fc.constant("$regex" as const),
  pattern: fc.constantFrom("^a", "^ab", "b", "^a$", "A", "a|b$"),
  options: fc.constantFrom("" as const, "i" as const),
});

const simpleConditions: fc.Arbitrary<Condition> = fc.oneof(
  patterns,
  fc.record({
    operator: fc.constantFrom("$eq" as const, "$ne", "$gt", "$gte", "$lt", "$lte"),
    operand: plainValues,
  }),
  fc.record({
    operator: fc.constantFrom("$in" as const, "$nin"),
    operands: fc.array(plainValues, { maxLength: 3 }),
  }),
  fc.record({ operator: fc.constant("$exists" as const), isWanted: fc.boolean() }),
  fc.record({
    operator: fc.constant("$type" as const),
    type: fc.constantFrom<Model["type"][]>("int", "array", "object", "string", "null"),
  }),
  fc.record({ operator: fc.constant("$size" as const), size: fc.integer({ min: 0, max: 2 }) }),
  fc.record({
    operator: fc.constant("$mod" as const),
    divisor: fc.constant(2),
    remainder: fc.integer({ min: 0, max: 1 }),
  }),
);

/** Queries over the paths and values of the plain documents of arbitraries.ts. */
export const queries: fc.Arbitrary<Query> = fc.letrec<{ query: Query; condition: Condition }>(
  (tie) => ({
    query: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      { arbitrary: fc.record({ path: paths, condition: tie("condition") }), weight: 4 },
      {
        arbitrary: fc.record({
          logic: fc.constantFrom("$and" as const, "$or" as const, "$nor" as const),
          queries: fc.array(tie("query"), { minLength: 1, maxLength: 3 }),
        }),
        weight: 2,
      },
    ),
    condition: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      { arbitrary: simpleConditions, weight: 6 },
      fc.record({
        operator: fc.constant("$all" as const),
        operands: fc.array(plainValues, { maxLength: 2 }),
      }),
      fc.record({ operator: fc.constant("$not" as const), condition: tie("condition") }),
      fc.record({ operator: fc.constant("$elemMatch" as const), query: tie("query") }),
      fc.record({
        operator: fc.constant("$elemMatch" as const),
        conditions: fc.uniqueArray(simpleConditions, {
          minLength: 1,
          maxLength: 2,
          selector: ({ operator }) => operator,
        }),
      }),
    ),
  }),
).query;

const comparisons: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({
    operator: fc.constantFrom("$eq" as const, "$gt", "$gte", "$lt", "$lte"),
    operand: denseScalars,
  }),
  fc.record({ operator: fc.constant("$in" as const), operands: fc.array(denseScalars, SMALL) }),
  fc.record({ operator: fc.constant("$exists" as const), isWanted: fc.boolean() }),
);

/** Conjunctions of comparisons on few paths, as an index serves them: these match often and overlap often. */
export const indexableQueries: fc.Arbitrary<Query> = fc.record({
  logic: fc.constantFrom("$and" as const, "$and" as const, "$or" as const),
  queries: fc.array(
    fc.record({
      path: fc.constantFrom("a", "a", "a.b", "b", "a.0"),
      condition: fc.oneof(
        { arbitrary: comparisons, weight: 5 },
        fc.record({
          operator: fc.constant("$elemMatch" as const),
          conditions: fc.uniqueArray(comparisons, {
            minLength: 1,
            maxLength: 2,
            selector: ({ operator }) => operator,
          }),
        }),
      ),
    }),
    { minLength: 1, maxLength: 3 },
  ),
});
