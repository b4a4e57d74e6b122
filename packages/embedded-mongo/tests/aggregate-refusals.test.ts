import { describe, expect, test } from "@jest/globals";
import { compilePipeline } from "../src/aggregate/pipeline.js";
import { fromJs } from "../src/bson/value.js";
import { CommandError } from "../src/errors.js";
import { finish } from "../src/turn.js";

describe("a pipeline is refused", () => {
  test.each<[code: number, stages: unknown]>([
    [14, {}],
    [14, [1]],
    [40_323, [{}]],
    [40_323, [{ $match: {}, $limit: 1 }]],
    [40_324, [{ $nothing: 1 }]],
    [40_324, [{ $out: "x" }]],
    [40_324, [{ $merge: "x" }]],
    [40_324, [{ $lookup: {} }]],
    [40_573, [{ $changeStream: {} }]],
    [15_959, [{ $match: 1 }]],
    [15_976, [{ $sort: {} }]],
    [15_958, [{ $limit: 0 }]],
    [5_107_201, [{ $limit: "1" }]],
    [5_107_200, [{ $skip: -1 }]],
    [40_156, [{ $count: "" }]],
    [40_158, [{ $count: "$a" }]],
    [40_160, [{ $count: "a.b" }]],
    [15_955, [{ $group: {} }]],
    [15_947, [{ $group: 1 }]],
    [40_234, [{ $group: { _id: 1, a: 1 } }]],
    [15_952, [{ $group: { _id: 1, a: { $stdDevPop: "$a" } } }]],
    [40_238, [{ $group: { _id: 1, a: { $sum: 1, $min: 1 } } }]],
    [40_237, [{ $group: { _id: 1, a: { $sum: [1, 2] } } }]],
    [40_235, [{ $group: { _id: 1, "a.b": { $sum: 1 } } }]],
    [28_818, [{ $unwind: "a" }]],
    [28_812, [{ $unwind: {} }]],
    [28_811, [{ $unwind: { path: "$a", other: 1 } }]],
    [15_981, [{ $unwind: 1 }]],
    [168, [{ $project: { a: { $slice: ["$a", 1] } } }]],
    [31_254, [{ $project: { a: 1, b: 0 } }]],
    [17_276, [{ $project: { a: "$$nothing" } }]],
  ])("with code %i: %j", (code, stages) => {
    let thrown: unknown;
    try {
      finish(compilePipeline(fromJs(stages)));
    } catch (error) {
      thrown = error;
    }

    expect(thrown).toBeInstanceOf(CommandError);
    expect(thrown).toMatchObject({ code });
  });
});
