import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { RawDocument } from "../src/bson/document.js";
import { CommandError } from "../src/errors.js";
import { compileKeys, type DocumentKeys } from "../src/keys.js";
import { compileFilter, type Constraint } from "../src/query/filter.js";
import { intersectRanges, reverseRange } from "../src/query/ranges.js";
import { isLong } from "./long.js";
import { denseFields, plainFields } from "./model/arbitraries.js";
import { modelMatches } from "./model/matching.js";
import { toDocument } from "./model/model.js";
import { indexableQueries, queries, toFilter } from "./model/queries.js";

const SEED = { seed: 20_240_602 };

/** The same runs every time: most of them are for those who change something here, in the long form. */
const SHORTER = isLong ? 1 : 4;

const worlds = fc.array(fc.oneof(denseFields, denseFields, plainFields), {
  minLength: 20,
  maxLength: 20,
});
const documents = worlds.map((world) => world.map(toDocument));
const allQueries = fc.oneof(indexableQueries, indexableQueries, queries);
const filters = allQueries.map((query) => compileFilter(toFilter(query)));

/** The keys of one path; `undefined` when such a document could not be indexed. */
function keysOf(document: RawDocument, path: string, direction: 1 | -1): DocumentKeys | undefined {
  try {
    return compileKeys([{ path, direction }])(document);
  } catch (error) {
    if (error instanceof CommandError) return undefined;
    throw error;
  }
}

function hasKeyInside({ keys }: DocumentKeys, ranges: Constraint["ranges"]): boolean {
  return keys.some((key) =>
    ranges.some(({ start, end }) => start.compare(key) <= 0 && key.compare(end) < 0),
  );
}

describe("a random filter on random documents", () => {
  test("matches exactly when the reference says so", () => {
    let matches = 0;
    fc.assert(
      fc.property(worlds, allQueries, (all, query) => {
        const filter = compileFilter(toFilter(query));
        for (const fields of all) {
          const isMatch = filter.matches(toDocument(fields));
          expect(isMatch).toBe(modelMatches(fields, query));
          if (isMatch) matches += 1;
        }
      }),
      { ...SEED, numRuns: 1_500 / SHORTER },
    );

    expect(matches).toBeGreaterThan(2_000 / SHORTER);
  });

  test("has, where it matches, a key inside each of its constraints, in both directions", () => {
    let checked = 0;
    fc.assert(
      fc.property(documents, filters, (all, filter) => {
        for (const document of all) {
          for (const { path, ranges } of filter.constraints) {
            const [up, down] = [keysOf(document, path, 1), keysOf(document, path, -1)];
            if (up === undefined || down === undefined) continue;
            const isInside = hasKeyInside(up, ranges);
            expect(hasKeyInside(down, ranges.map(reverseRange).reverse())).toBe(isInside);
            if (!filter.matches(document)) continue;
            expect(isInside).toBe(true);
            checked += 1;
          }
        }
      }),
      { ...SEED, numRuns: 4_000 / SHORTER },
    );

    expect(checked).toBeGreaterThan(2_000 / SHORTER);
  });

  test("has, where it matches without arrays, one key inside all constraints of a path at once", () => {
    let checked = 0;
    fc.assert(
      fc.property(documents, filters, (all, { constraints }) => {
        for (const document of all) {
          for (const { path } of constraints) {
            const same = constraints.filter((constraint) => constraint.path === path);
            const keys = keysOf(document, path, 1);
            if (keys === undefined || keys.isMultikey || same.length < 2) continue;
            const ranges = same.map((constraint) => constraint.ranges).reduce(intersectRanges);
            const areAllMet = same.every((constraint) => hasKeyInside(keys, constraint.ranges));
            expect(hasKeyInside(keys, ranges)).toBe(areAllMet);
            if (areAllMet) checked += 1;
          }
        }
      }),
      { ...SEED, numRuns: 6_000 / SHORTER },
    );

    expect(checked).toBeGreaterThan(400 / SHORTER);
  });

  test("matches, when it is covered, wherever a key lies inside each constraint", () => {
    let checked = 0;
    fc.assert(
      fc.property(documents, filters, (all, filter) => {
        for (const document of all.filter(() => filter.isCoveredByConstraints)) {
          const isInside = filter.constraints.every(({ path, ranges }) => {
            const keys = keysOf(document, path, 1);
            return keys !== undefined && hasKeyInside(keys, ranges);
          });
          expect(filter.matches(document)).toBe(isInside);
          if (isInside) checked += 1;
        }
      }),
      { ...SEED, numRuns: 3_000 / SHORTER },
    );

    expect(checked).toBeGreaterThan(500 / SHORTER);
  });

  test("matches nothing that a filter implied by it does not match", () => {
    let checked = 0;
    fc.assert(
      fc.property(documents, filters, filters, (all, filter, wanted) => {
        if (!filter.implies(wanted)) return;
        for (const document of all.filter((each) => filter.matches(each))) {
          expect(wanted.matches(document)).toBe(true);
          checked += 1;
        }
      }),
      { ...SEED, numRuns: 8_000 / SHORTER },
    );

    expect(checked).toBeGreaterThan(isLong ? 300 : 50);
  });
});
