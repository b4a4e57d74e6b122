import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  buildDocument,
  encodeDocument,
  getField,
  type RawDocument,
} from "../../src/bson/document.js";
import { intValue } from "../../src/bson/value.js";
import { compileFilter } from "../../src/query/filter.js";
import { compileSort, type Sort } from "../../src/sort.js";
import { maintain } from "../maintenance/maintenance-process.js";
import { type Field, toBson } from "../model/model.js";
import { type Change, type Question, worlds } from "./index-worlds.js";
import { TestStore } from "./test-store.js";
import { isLong } from "../long.js";

const SEED = 20_240_607;
const LIMIT_MS = isLong ? 1_800_000 : 60_000;

let world: TestStore;
beforeAll(async () => {
  world = await TestStore.create();
});
afterAll(() => world.close());

function withId(id: number, fields: readonly Field[]): RawDocument {
  return buildDocument([
    ["_id", intValue(id)],
    ...fields.map(([name, value]) => [name, toBson(value)] as const),
  ]);
}

function idOf(document: RawDocument): number {
  return getField(document, "_id")?.bytes.readInt32LE(0) ?? -1;
}

async function change(namespace: string, one: Change): Promise<void> {
  if (one.kind === "delete") await world.delete(namespace, one.filter);
  else await world.update(namespace, one.filter, one.update);
}

/** All documents of a collection, without any index. */
function all(namespace: string): RawDocument[] {
  const hint = encodeDocument({ $natural: 1 });
  return world.find(namespace, { filter: compileFilter(encodeDocument({})), hint });
}

/** The answer of a plain loop over all documents. */
function reference(documents: readonly RawDocument[], question: Question, sort: Sort | undefined) {
  const filter = compileFilter(question.filter);
  const matching = documents.filter((document) => filter.matches(document));
  if (sort !== undefined) matching.sort((a, b) => sort.key(a).compare(sort.key(b)));
  const end = question.limit === undefined ? undefined : question.skip + question.limit;
  return { matching, window: matching.slice(question.skip, end) };
}

function check(namespace: string, documents: readonly RawDocument[], question: Question): void {
  const sort = question.sort === null ? undefined : compileSort(encodeDocument(question.sort));
  const { skip, limit } = question;
  const found = world.find(namespace, {
    filter: compileFilter(question.filter),
    sort,
    skip,
    limit,
  });
  const { matching, window } = reference(documents, question, sort);

  expect(found).toHaveLength(window.length);
  const ids = found.map(idOf);
  expect(new Set(ids).size).toBe(ids.length);
  const matchingIds = new Set(matching.map(idOf));
  expect(ids.filter((id) => !matchingIds.has(id))).toEqual([]);
  // Which of equal documents come first is open; their keys are not.
  if (sort !== undefined)
    expect(found.map((document) => sort.key(document).toString("hex"))).toEqual(
      window.map((document) => sort.key(document).toString("hex")),
    );
}

function isSortable(documents: readonly RawDocument[], { sort }: Question): boolean {
  if (sort === null) return true;
  const { key } = compileSort(encodeDocument(sort));
  try {
    documents.forEach(key);
    return true;
  } catch {
    return false;
  }
}

describe("a query on a collection with random indexes", () => {
  test(
    "answers as a plain loop over all documents does, whatever was changed before",
    async () => {
      let answered = 0;
      await fc.assert(
        fc.asyncProperty(
          worlds,
          async ({ indexes: wanted, documents, changes: done, questions: asked }) => {
            const namespace = world.newNamespace();
            const [before, after] = [wanted.slice(0, 2), wanted.slice(2)];
            for (const { key, options } of before)
              await world.createIndex(namespace, { key, ...options }).catch(() => undefined);
            await world.insert(
              namespace,
              documents.map((fields, id) => withId(id, fields)),
            );
            for (const { key, options } of after)
              await world.createIndex(namespace, { key, ...options }).catch(() => undefined);
            for (const one of done) await change(namespace, one);

            const stored = all(namespace);
            for (const question of asked.filter((one) => isSortable(stored, one))) {
              check(namespace, stored, question);
              answered += 1;
            }
          },
        ),
        { seed: SEED, numRuns: isLong ? 5000 : 150 },
      );

      expect(answered).toBeGreaterThan(isLong ? 5000 : 2500);
      expect(await maintain("--data", world.folder, "--verify")).toMatchObject({ code: 0 });
    },
    LIMIT_MS,
  );

  test(
    "answers the same where values are longer than a key can be",
    async () => {
      const value = fc
        .tuple(fc.constantFrom(0, 1840, 1850, 1860, 4000), fc.string({ maxLength: 12 }))
        .map(([length, tail]) => "x".repeat(length) + tail);
      const operator = fc.constantFrom("$eq", "$gt", "$gte", "$lt", "$lte");
      const shapes = fc.record({
        key: fc.constantFrom({ a: 1 }, { a: -1 }, { b: 1, a: 1 }, { a: 1, b: -1 }),
        rows: fc.array(fc.record({ a: value, b: value }), { minLength: 5, maxLength: 30 }),
        conditions: fc.array(fc.tuple(fc.constantFrom("a", "b"), operator, fc.nat()), {
          minLength: 10,
          maxLength: 10,
        }),
      });

      await fc.assert(
        fc.asyncProperty(shapes, async ({ key, rows, conditions }) => {
          const namespace = world.newNamespace();
          await world.createIndex(namespace, { key });
          await world.insert(
            namespace,
            rows.map((row, id) => encodeDocument({ _id: id, ...row })),
          );
          const stored = all(namespace);
          for (const [path, name, choice] of conditions) {
            const operand = rows[choice % rows.length]?.[path];
            const filter = encodeDocument({ [path]: { [name]: operand } });
            check(namespace, stored, { filter, sort: key, skip: 0, limit: undefined });
          }
        }),
        { seed: SEED, numRuns: isLong ? 1000 : 20 },
      );

      expect(await maintain("--data", world.folder, "--verify")).toMatchObject({ code: 0 });
    },
    LIMIT_MS,
  );
});
