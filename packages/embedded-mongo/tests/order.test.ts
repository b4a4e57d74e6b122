import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { compareValues } from "../src/bson/compare.js";
import { complement, encodeValue } from "../src/bson/encode.js";
import { numbers, values } from "./model/arbitraries.js";
import { toBson, type Model } from "./model/model.js";
import { compareModels } from "./model/order.js";

const SEED = { seed: 20_240_601 };

function encode(model: Model): Buffer {
  return encodeValue(toBson(model));
}

describe("the encoder of values", () => {
  test("orders any two values of all types as MongoDB does", () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        expect(Buffer.compare(encode(a), encode(b))).toBe(compareModels(a, b));
      }),
      { ...SEED, numRuns: 4_000 },
    );
  });

  test("orders numbers exactly, whatever their types", () => {
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        expect(Buffer.compare(encode(a), encode(b))).toBe(compareModels(a, b));
      }),
      { ...SEED, numRuns: 4_000 },
    );
  });

  test("orders the neighbours of each double exactly", () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.constantFrom("", "1", "9"),
        (value, tail) => {
          const double: Model = { type: "double", value };
          const [digits = "0", exponent = "0"] = value.toExponential(16).split("e");
          const decimal: Model = { type: "decimal", text: `${digits}${tail}E${Number(exponent)}` };
          expect(Buffer.compare(encode(double), encode(decimal))).toBe(
            compareModels(double, decimal),
          );
        },
      ),
      { ...SEED, numRuns: 2_000 },
    );
  });

  test("gives no encoding that is the beginning of another one", () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const [one, other] = [encode(a), encode(b)];
        fc.pre(!one.equals(other));
        expect(other.subarray(0, one.length).equals(one)).toBe(false);
      }),
      { ...SEED, numRuns: 2_000 },
    );
  });

  test("gives the reverse order in its complement", () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const order = Buffer.compare(complement(encode(a)), complement(encode(b)));
        expect(order).toBe(Math.sign(-compareModels(a, b)) + 0);
      }),
      { ...SEED, numRuns: 2_000 },
    );
  });
});

describe("the comparison of values", () => {
  test("agrees with the encoder on its short ways too", () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        expect(Math.sign(compareValues(toBson(a), toBson(b)))).toBe(compareModels(a, b));
        expect(compareValues(toBson(a), toBson(a))).toBe(0);
      }),
      { ...SEED, numRuns: 3_000 },
    );
  });
});
