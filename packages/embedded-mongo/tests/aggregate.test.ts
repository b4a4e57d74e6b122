import { describe, expect, test } from "@jest/globals";
import { Double, EJSON, Long, MinKey } from "bson";
import { compilePipeline, type PipelineContext } from "../src/aggregate/pipeline.js";
import { MemoryBudget } from "../src/memory-budget.js";
import { decodeDocument, encodeDocument, type RawDocument } from "../src/bson/document.js";
import { fromJs } from "../src/bson/value.js";
import { finish } from "../src/turn.js";
import { sorted } from "./sorted.js";

type Fields = Record<string, unknown>;

const CONTEXT: PipelineContext = { now: new Date("2024-06-01T12:00:00.123Z") };

function asText(document: RawDocument): string {
  return EJSON.stringify(decodeDocument(document), { relaxed: false });
}

/** Does what a planner does with the leading stages, then runs the rest. */
async function aggregated(
  stages: Fields[],
  documents: Fields[],
  context = CONTEXT,
): Promise<string[]> {
  const { pushdown, run } = finish(compilePipeline(fromJs(stages)));
  let found = documents.map(encodeDocument).filter((document) => pushdown.filter.matches(document));
  if (pushdown.sort) found = sorted(pushdown.sort, found);
  const window = found.slice(pushdown.skip, pushdown.limit && pushdown.skip + pushdown.limit);
  const results: string[] = [];
  for await (const document of run(window, context)) results.push(asText(document));
  return results;
}

const DOCUMENTS: Fields[] = [
  { _id: 1, kind: "a", n: 1, tags: ["x", "y"] },
  { _id: 2, kind: "b", n: 2, tags: [] },
  { _id: 3, kind: "a", n: 3 },
  { _id: 4, n: 4, tags: "z" },
];

describe("a pipeline gives", () => {
  test.each<[title: string, stages: Fields[], results: Fields[]]>([
    ["everything without stages", [], DOCUMENTS],
    [
      "$match, $sort, $skip and $limit",
      [{ $match: { n: { $gt: 1 } } }, { $sort: { n: -1 } }, { $skip: 1 }, { $limit: 1 }],
      [DOCUMENTS[2] ?? {}],
    ],
    ["$limit before $skip in that order", [{ $limit: 2 }, { $skip: 1 }], [DOCUMENTS[1] ?? {}]],
    [
      "$sort behind other stages",
      [
        { $unwind: "$tags" },
        { $sort: { tags: -1 } },
        { $limit: 2 },
        { $project: { tags: 1, _id: 0 } },
      ],
      [{ tags: "z" }, { tags: "y" }],
    ],
    ["$count", [{ $match: { kind: "a" } }, { $count: "total" }], [{ total: 2 }]],
    ["no document for $count of nothing", [{ $match: { kind: "none" } }, { $count: "total" }], []],
    [
      "countDocuments",
      [{ $match: {} }, { $group: { _id: 1, n: { $sum: 1 } } }],
      [{ _id: 1, n: 4 }],
    ],
    [
      "$group with a missing key as null",
      [{ $group: { _id: "$kind", n: { $sum: "$n" } } }],
      [
        { _id: "a", n: 4 },
        { _id: "b", n: 2 },
        { _id: null, n: 4 },
      ],
    ],
    [
      "$group by several fields",
      [{ $match: { n: { $lt: 3 } } }, { $group: { _id: { k: "$kind", z: "$none" } } }],
      [{ _id: { k: "a" } }, { _id: { k: "b" } }],
    ],
    [
      "all accumulators",
      [
        { $match: { kind: "a" } },
        {
          $group: {
            _id: null,
            avg: { $avg: "$n" },
            min: { $min: "$n" },
            max: { $max: "$n" },
            first: { $first: "$_id" },
            last: { $last: "$tags" },
            push: { $push: "$n" },
            set: { $addToSet: "$kind" },
            count: { $count: {} },
          },
        },
      ],
      [
        {
          _id: null,
          avg: new Double(2),
          min: 1,
          max: 3,
          first: 1,
          last: null,
          push: [1, 3],
          set: ["a"],
          count: 2,
        },
      ],
    ],
    [
      "$unwind",
      [{ $unwind: "$tags" }, { $project: { tags: 1 } }],
      [
        { _id: 1, tags: "x" },
        { _id: 1, tags: "y" },
        { _id: 4, tags: "z" },
      ],
    ],
    [
      "$unwind with everything kept and numbered",
      [
        { $match: { n: { $ne: 3 } } },
        { $unwind: { path: "$tags", includeArrayIndex: "i", preserveNullAndEmptyArrays: true } },
        { $project: { kind: 0, n: 0 } },
      ],
      [
        { _id: 1, tags: "x", i: Long.fromNumber(0) },
        { _id: 1, tags: "y", i: Long.fromNumber(1) },
        { _id: 2, i: null },
        { _id: 4, tags: "z", i: null },
      ],
    ],
    [
      "$project with expressions",
      [
        { $limit: 1 },
        {
          $project: { _id: 0, twice: { $multiply: ["$n", 2] }, one: { $literal: 1 }, now: "$$NOW" },
        },
      ],
      [{ twice: 2, one: 1, now: CONTEXT.now }],
    ],
    [
      "$addFields in place and at the end",
      [{ $limit: 1 }, { $addFields: { n: 9, "deep.er": "$kind", tags: "$$REMOVE" } }],
      [{ _id: 1, kind: "a", n: 9, deep: { er: "a" } }],
    ],
    [
      "$set inside arrays and scalars",
      [{ $limit: 1 }, { $set: { "tags.t": 1, "kind.k": 2 } }, { $project: { n: 0 } }],
      [{ _id: 1, kind: { k: 2 }, tags: [{ t: 1 }, { t: 1 }] }],
    ],
    [
      "$match behind $group",
      [{ $group: { _id: "$kind", n: { $sum: 1 } } }, { $match: { n: 2 } }],
      [{ _id: "a", n: 2 }],
    ],
  ])("%s", async (...[, stages, results]) => {
    expect(await aggregated(stages, DOCUMENTS)).toEqual(
      results.map((result) => asText(encodeDocument(result))),
    );
  });

  test("groups of numbers that are equal in other types as one", async () => {
    const results = await aggregated(
      [{ $group: { _id: "$n" } }],
      [{ n: 1 }, { n: new Double(1) }, { n: Long.fromNumber(1) }, { n: new MinKey() }],
    );

    expect(results).toHaveLength(2);
  });
});

describe("a pipeline tells the planner", () => {
  test("its leading stages", () => {
    const stages = [
      { $match: { a: 1 } },
      { $match: { b: 2 } },
      { $sort: { c: -1 } },
      { $limit: 5 },
      { $skip: 1 },
    ];
    const { pushdown } = finish(compilePipeline(fromJs(stages)));

    expect(pushdown.filter.constraints.map(({ path }) => path)).toEqual(["a", "b"]);
    expect(pushdown).toMatchObject({
      sort: { fields: [{ path: "c", direction: -1 }] },
      skip: 0,
      limit: 5,
    });
  });

  test.each<[boolean, Fields[]]>([
    [true, [{ $match: { a: 1 } }, { $count: "n" }]],
    [true, [{ $group: { _id: 1, n: { $sum: 1 } } }]],
    [false, [{ $group: { _id: "$a", n: { $sum: 1 } } }]],
    [false, [{ $group: { _id: 1, n: { $sum: "$b" } } }]],
    [false, []],
  ])("whether only the number of documents matters: %s for %j", (isCountOnly, stages) => {
    expect(finish(compilePipeline(fromJs(stages))).isCountOnly).toBe(isCountOnly);
  });
});

describe("a pipeline stops", () => {
  test.each([[{ $group: { _id: "$_id", all: { $push: "$x" } } }], [{ $sort: { x: 1 } }]])(
    "with code 292 beyond its memory: %j",
    async (stage) => {
      const documents = Array.from({ length: 50 }, (_, _id) => ({ _id, x: "x".repeat(1_000) }));
      const run = aggregated([{ $unwind: "$x" }, stage], documents, {
        ...CONTEXT,
        memory: new MemoryBudget(20_000).share(),
      });

      await expect(run).rejects.toMatchObject({ code: 292 });
    },
  );
});
