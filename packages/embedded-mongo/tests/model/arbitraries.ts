import fc from "fast-check";
import type { Field, Model } from "./model.js";

export const SMALL = { maxLength: 3 };

/** Numbers close to where the types differ: 2^53, 2^63, halves, tenths, the ends of the ranges. */
const LONG_EDGES = [
  0n,
  1n,
  -1n,
  2n ** 53n,
  2n ** 53n + 1n,
  -(2n ** 53n) - 1n,
  2n ** 63n - 1n,
  2n ** 63n - 2n,
  -(2n ** 63n),
];
const DOUBLE_EDGES = [
  0,
  -0,
  1,
  0.1,
  0.5,
  2 ** 53,
  2 ** 53 + 2,
  2 ** 63,
  -(2 ** 63),
  NaN,
  Infinity,
  -Infinity,
  5e-324,
  -5e-324,
  1.7976931348623157e308,
];
const DECIMAL_EDGES = [
  "0",
  "-0",
  "1",
  "1.00",
  "0.1",
  "0.5",
  "1E-6176",
  "-1E-6176",
  "9.999E+6144",
  "-9.999E+6144",
  "NaN",
  "Infinity",
  "-Infinity",
  "9007199254740993",
  "9223372036854775806.5",
  "1E+309",
  "-1E+309",
  "1.797693134862315708145274237317043E+308",
  "4.940656458412465441765687928682214E-324",
  "1E-400",
];

export const numbers: fc.Arbitrary<Model> = fc.oneof(
  fc.integer({ min: -3, max: 3 }).map((value): Model => ({ type: "int", value })),
  fc.integer().map((value): Model => ({ type: "int", value })),
  fc.constantFrom(...DOUBLE_EDGES).map((value): Model => ({ type: "double", value })),
  fc.double().map((value): Model => ({ type: "double", value })),
  fc.constantFrom(...LONG_EDGES).map((value): Model => ({ type: "long", value })),
  fc
    .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
    .map((value): Model => ({ type: "long", value })),
  fc.constantFrom(...DECIMAL_EDGES).map((text): Model => ({ type: "decimal", text })),
  fc
    .tuple(
      fc.bigInt({ min: -(10n ** 34n) + 1n, max: 10n ** 34n - 1n }),
      fc.integer({ min: -400, max: 400 }),
    )
    .map(([digits, exponent]): Model => ({ type: "decimal", text: `${digits}E${exponent}` })),
);

/** Text with NUL, characters beyond the BMP and what sorts differently in UTF-16. */
const texts = fc.string({
  ...SMALL,
  unit: fc.constantFrom("a", "b", "\0", "\u0001", "\uffff", "\u{10000}", "é"),
});
const cstrings = fc.string({ ...SMALL, unit: fc.constantFrom("a", "b", "é") });
const bytes = fc.array(fc.integer({ min: 0, max: 255 }), SMALL);

export const scalars: fc.Arbitrary<Model> = fc.oneof(
  { arbitrary: numbers, weight: 4 },
  { arbitrary: texts.map((text): Model => ({ type: "string", text })), weight: 2 },
  fc.constantFrom<Model>(
    { type: "null" },
    { type: "undefined" },
    { type: "minKey" },
    { type: "maxKey" },
  ),
  fc.boolean().map((value): Model => ({ type: "bool", value })),
  texts.map((text): Model => ({ type: "symbol", text })),
  texts.map((text): Model => ({ type: "javascript", text })),
  fc
    .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
    .map((value): Model => ({ type: "date", value })),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((value): Model => ({ type: "timestamp", value })),
  fc
    .constantFrom(
      "000000000000000000000000",
      "0102030405060708090a0b0c",
      "ffffffffffffffffffffffff",
    )
    .map((text): Model => ({ type: "objectId", text })),
  fc.record({ type: fc.constant("binData" as const), subtype: fc.constantFrom(0, 4, 128), bytes }),
  fc.record({
    type: fc.constant("regex" as const),
    pattern: cstrings,
    options: fc.constantFrom("", "i", "im"),
  }),
);

export const names = fc.constantFrom("a", "b", "c", "0", "1");

/** Values of all types, nested a little. */
export const values: fc.Arbitrary<Model> = fc.letrec<{ value: Model; fields: Field[] }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { arbitrary: scalars, weight: 4 },
    {
      arbitrary: fc.array(tie("value"), SMALL).map((items): Model => ({ type: "array", items })),
      weight: 2,
    },
    { arbitrary: tie("fields").map((fields): Model => ({ type: "object", fields })), weight: 2 },
    {
      arbitrary: fc
        .tuple(texts, tie("fields"))
        .map(([text, scope]): Model => ({ type: "javascriptWithScope", text, scope })),
      weight: 1,
    },
  ),
  fields: fc.array(fc.tuple(names, tie("value")), SMALL),
})).value;

/** Few different values, so that random filters often hit. */
export const plainScalars: fc.Arbitrary<Model> = fc.oneof(
  fc.integer({ min: 0, max: 3 }).map((value): Model => ({ type: "int", value })),
  fc.constantFrom<Model>(
    { type: "double", value: 1 },
    { type: "double", value: NaN },
    { type: "double", value: 1.5 },
    { type: "long", value: 2n },
    { type: "decimal", text: "1.0" },
    { type: "null" },
    { type: "string", text: "a" },
    { type: "string", text: "ab" },
    { type: "bool", value: true },
    { type: "minKey" },
    { type: "maxKey" },
  ),
);

export const plainValues: fc.Arbitrary<Model> = fc.letrec<{ value: Model }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { arbitrary: plainScalars, weight: 3 },
    {
      arbitrary: fc.array(tie("value"), SMALL).map((items): Model => ({ type: "array", items })),
      weight: 2,
    },
    { arbitrary: objectsOf(tie("value")), weight: 2 },
  ),
})).value;

function objectsOf(value: fc.Arbitrary<Model>): fc.Arbitrary<Model> {
  return fc
    .uniqueArray(fc.tuple(fc.constantFrom("a", "b"), value), {
      maxLength: 2,
      selector: ([name]) => name,
    })
    .map((fields): Model => ({ type: "object", fields }));
}

/** The fields of a document made of plain values. */
export const plainFields: fc.Arbitrary<Field[]> = fc.uniqueArray(
  fc.tuple(fc.constantFrom("a", "b", "c"), plainValues),
  { maxLength: 3, selector: ([name]) => name },
);

export const paths = fc.constantFrom(
  "a",
  "b",
  "a.b",
  "a.a",
  "a.0",
  "a.1",
  "a.b.a",
  "a.0.b",
  "a.0.0",
  "c",
);

/** Mostly small integers, so that comparisons of one with another often hold. */
export const denseScalars: fc.Arbitrary<Model> = fc.oneof(
  {
    arbitrary: fc.integer({ min: 0, max: 3 }).map((value): Model => ({ type: "int", value })),
    weight: 8,
  },
  { arbitrary: plainScalars, weight: 2 },
);

const denseLeaves: fc.Arbitrary<Model> = fc.oneof(
  { arbitrary: denseScalars, weight: 4 },
  {
    arbitrary: fc.array(denseScalars, SMALL).map((items): Model => ({ type: "array", items })),
    weight: 1,
  },
);

const denseObjects = denseLeaves.map((value): Model => ({
  type: "object",
  fields: [["b", value]],
}));

const denseValues: fc.Arbitrary<Model> = fc.oneof(
  { arbitrary: denseLeaves, weight: 6 },
  { arbitrary: denseObjects, weight: 4 },
  {
    arbitrary: fc.array(denseObjects, SMALL).map((items): Model => ({ type: "array", items })),
    weight: 1,
  },
  { arbitrary: plainValues, weight: 1 },
);

/** The fields of documents on which the indexable queries of queries.ts often match. */
export const denseFields: fc.Arbitrary<Field[]> = fc
  .tuple(denseValues, denseLeaves)
  .map(([a, b]): Field[] => [
    ["a", a],
    ["b", b],
  ]);
