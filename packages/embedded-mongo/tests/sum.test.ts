import { describe, expect, test } from "@jest/globals";
import { Decimal128, Double, Long } from "bson";
import { Sum } from "../src/aggregate/sum.js";
import { isNumber } from "../src/bson/number.js";
import { describeValue, fromJs, typeNameOf } from "../src/bson/value.js";

describe("a sum of numbers", () => {
  test.each<[title: string, numbers: unknown[], sum: unknown]>([
    ["Int32 while it fits", [1, 2], 3],
    ["Long when Int32 overflows", [2_147_483_647, 1], Long.fromNumber(2_147_483_648)],
    [
      "Long exactly above 2^53",
      [Long.fromString("9007199254740992"), 1],
      Long.fromString("9007199254740993"),
    ],
    ["double when Long overflows", [Long.MAX_VALUE, 1], new Double(2 ** 63)],
    ["double with compensated rounding", [0.1, 0.2, 0.3], 0.6],
    [
      "Decimal128",
      [Decimal128.fromString("0.1"), Decimal128.fromString("0.2"), 1],
      Decimal128.fromString("1.3"),
    ],
    ["Int32 0 of nothing", [], 0],
    ["infinity", [Infinity, 1], Infinity],
    ["NaN", [Infinity, -Infinity], NaN],
  ])("is %s", (...[, numbers, expected]) => {
    const sum = new Sum();
    for (const value of numbers.map(fromJs)) if (isNumber(value)) sum.add(value);

    expect(typeNameOf(sum.result())).toBe(typeNameOf(fromJs(expected)));
    expect(describeValue(sum.result())).toBe(describeValue(fromJs(expected)));
  });
});
