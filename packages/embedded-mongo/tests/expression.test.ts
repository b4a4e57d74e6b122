import { describe, expect, test } from "@jest/globals";
import { Decimal128, Double, EJSON, Long, ObjectId } from "bson";
import {
  buildDocument,
  decodeDocument,
  encodeDocument,
  type RawDocument,
} from "../src/bson/document.js";
import { fromJs } from "../src/bson/value.js";
import { compileExpression } from "../src/expression/compile.js";

const DATE = new Date("2024-03-05T06:07:08.009Z");
const ROOT = encodeDocument({
  a: 1,
  s: "Ab",
  list: [{ x: 1 }, { x: 2 }, {}, 5],
  date: DATE,
  nil: null,
  big: Long.fromString("9007199254740993"),
});

function asText(document: RawDocument): string {
  return EJSON.stringify(decodeDocument(document), { relaxed: false });
}

function evaluated(expression: unknown): string {
  const value = compileExpression(fromJs(expression))({ root: ROOT });
  return asText(buildDocument(value ? [["v", value]] : []));
}

describe("an expression gives", () => {
  test.each<[expression: unknown, result: unknown]>([
    ["$a", 1],
    ["$list.x", [1, 2]],
    ["$$ROOT.a", 1],
    ["text", "text"],
    [
      ["$a", "$none"],
      [1, null],
    ],
    [{ x: "$a", y: "$none" }, { x: 1 }],
    [{ $literal: "$a" }, "$a"],
    [{ $add: ["$a", 2, 0.5] }, 3.5],
    [{ $add: ["$big", 1] }, Long.fromString("9007199254740994")],
    [{ $add: [Long.MAX_VALUE, 1] }, new Double(2 ** 63)],
    [{ $add: ["$date", 1000] }, new Date(DATE.getTime() + 1000)],
    [{ $add: ["$a", "$nil"] }, null],
    [{ $subtract: ["$big", 1] }, Long.fromString("9007199254740992")],
    [{ $subtract: ["$date", new Date(DATE.getTime() - 5)] }, Long.fromNumber(5)],
    [{ $subtract: ["$date", 9] }, new Date(DATE.getTime() - 9)],
    [{ $multiply: ["$a", 2_147_483_647, 2] }, Long.fromNumber(4_294_967_294)],
    [{ $divide: [1, 4] }, 0.25],
    [{ $divide: [Decimal128.fromString("1"), 4] }, Decimal128.fromString("0.25")],
    [
      { $divide: [Decimal128.fromString("2"), 3] },
      Decimal128.fromString("0.6666666666666666666666666666666667"),
    ],
    [{ $mod: [-7, 3] }, -1],
    [{ $mod: [7.5, 2] }, 1.5],
    [{ $abs: -3 }, 3],
    [{ $floor: 1.7 }, new Double(1)],
    [{ $ceil: 3 }, 3],
    [{ $trunc: -1.7 }, new Double(-1)],
    [{ $eq: ["$a", new Double(1)] }, true],
    [{ $gt: ["text", 5] }, true],
    [{ $lt: ["$none", null] }, true],
    [{ $cmp: [2, 1] }, 1],
    [{ $not: ["$nil"] }, true],
    [{ $and: [1, "$none"] }, false],
    [{ $or: [0, "x"] }, true],
    [{ $cond: [{ $eq: ["$a", 1] }, "yes", { $divide: [1, 0] }] }, "yes"],
    [{ $cond: { if: false, then: 1, else: 2 } }, 2],
    [{ $ifNull: ["$none", "$nil", "last"] }, "last"],
    [{ $concat: ["$s", "-", "x"] }, "Ab-x"],
    [{ $concat: ["$s", "$nil"] }, null],
    [{ $toLower: "$s" }, "ab"],
    [{ $toUpper: "$none" }, ""],
    [{ $strLenBytes: "é" }, 2],
    [{ $strLenCP: "é\u{1f600}" }, 2],
    [{ $toString: "$big" }, "9007199254740993"],
    [{ $toString: new ObjectId("0102030405060708090a0b0c") }, "0102030405060708090a0b0c"],
    [{ $toString: "$date" }, "2024-03-05T06:07:08.009Z"],
    [{ $toString: Decimal128.fromString("1.50") }, "1.50"],
    [{ $toString: 2.5 }, "2.5"],
    [{ $toString: true }, "true"],
    [{ $type: "$none" }, "missing"],
    [{ $type: "$big" }, "long"],
    [{ $size: "$list" }, 4],
    [{ $arrayElemAt: ["$list.x", -1] }, 2],
    [{ $first: "$list.x" }, 1],
    [{ $in: [2, "$list.x"] }, true],
    [{ $isArray: ["$list"] }, true],
    [{ $concatArrays: [[1], [2]] }, [1, 2]],
    [{ $year: "$date" }, 2024],
    [{ $month: "$date" }, 3],
    [{ $dayOfMonth: "$date" }, 5],
    [{ $dayOfWeek: "$date" }, 3],
    [{ $dayOfYear: "$date" }, 65],
    [{ $hour: "$date" }, 6],
    [{ $minute: "$date" }, 7],
    [{ $second: "$date" }, 8],
    [{ $millisecond: "$date" }, 9],
    [{ $year: "$nil" }, null],
  ])("of %j: %j", (expression, result) => {
    expect(evaluated(expression)).toBe(asText(encodeDocument({ v: result })));
  });

  test.each<[unknown]>([["$none"], ["$a.b"], ["$$REMOVE"], [{ $arrayElemAt: ["$list", 9] }]])(
    "nothing of %j",
    (expression) => {
      expect(evaluated(expression)).toBe("{}");
    },
  );
});

describe("an expression is refused", () => {
  test.each<[code: number, expression: unknown]>([
    [168, { $function: {} }],
    [168, { $constructor: 1 }],
    [15_983, { $add: [1], $subtract: [1, 2] }],
    [15_983, { $add: [1], a: 1 }],
    [16_020, { $subtract: [1] }],
    [16_020, { $cond: [1, 2] }],
    [17_080, { $cond: { then: 1, else: 2 } }],
    [17_083, { $cond: { if: 1, then: 1, else: 2, other: 3 } }],
    [16_410, "$a.$b"],
    [40_352, "$a."],
    [40_352, "$"],
    [17_276, "$$nothing"],
    [16_412, { "a.b": 1 }],
    [14, { $add: ["$s", 1] }],
    [14, { $multiply: ["$s", 1] }],
    [16_612, { $add: ["$date", "$date"] }],
    [2, { $divide: [1, 0] }],
    [16_610, { $mod: [1, 0] }],
    [2, { $mod: [Decimal128.fromString("1"), 2] }],
    [2, "$$NOW"],
    [16_702, { $concat: [1] }],
    [16_007, { $toLower: 1 }],
    [241, { $toString: "$list" }],
    [17_124, { $size: "$a" }],
    [28_689, { $arrayElemAt: ["$a", 0] }],
    [28_690, { $arrayElemAt: ["$list", "x"] }],
    [40_081, { $in: [1, "$a"] }],
    [16_006, { $year: "$s" }],
    [2, { $year: { date: "$date", timezone: "Europe/Berlin" } }],
  ])("with code %i: %j", (code, expression) => {
    expect(() => evaluated(expression)).toThrow(expect.objectContaining({ code }));
  });
});
