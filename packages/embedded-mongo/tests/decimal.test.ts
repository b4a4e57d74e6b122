import { describe, expect, test } from "@jest/globals";
import { Decimal128 } from "bson";
import fc from "fast-check";
import {
  addDecimals,
  decimalFromDouble,
  decimalToDouble,
  decodeDecimal,
  divideDecimals,
  encodeDecimal,
  multiplyDecimals,
} from "../src/bson/decimal.js";

const SEED = { seed: 20_240_605 };

function read(text: string) {
  return decodeDecimal(Buffer.from(Decimal128.fromString(text).bytes));
}

function show(decimal: ReturnType<typeof read>): string {
  return new Decimal128(encodeDecimal(decimal)).toString();
}

const texts = fc
  .tuple(
    fc.bigInt({ min: -(10n ** 34n) + 1n, max: 10n ** 34n - 1n }),
    fc.integer({ min: -6_176, max: 6_111 }),
  )
  .map(([digits, exponent]) => `${digits}E${exponent}`);

describe("a Decimal128", () => {
  test("comes back from its parts byte for byte", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const bytes = Buffer.from(Decimal128.fromString(text).bytes);
        expect(encodeDecimal(decodeDecimal(bytes)).equals(bytes)).toBe(true);
      }),
      { ...SEED, numRuns: 2_000 },
    );
  });

  test.each(["NaN", "Infinity", "-Infinity", "-0", "0E+3", "1E+6144", "1E-6176"])(
    "%s comes back",
    (text) => {
      expect(show(read(text))).toBe(Decimal128.fromString(text).toString());
    },
  );

  test.each([
    ["0.1", "0.2", "0.3"],
    ["1E+33", "1", "1000000000000000000000000000000001"],
    ["1E+34", "1", "1.000000000000000000000000000000000E+34"],
    ["9999999999999999999999999999999999", "1", "1.000000000000000000000000000000000E+34"],
    ["9.999999999999999999999999999999999E+6144", "1E+6144", "Infinity"],
    ["Infinity", "-Infinity", "NaN"],
    ["Infinity", "1", "Infinity"],
    ["-0", "-0", "-0"],
    ["1", "-1", "0"],
  ])("%s + %s = %s", (a, b, sum) => {
    expect(show(addDecimals(read(a), read(b)))).toBe(sum);
  });

  test.each([
    ["1.5", "2", "3.0"],
    ["-2", "3", "-6"],
    ["1E-6176", "0.5", "0E-6176"],
    ["3E-6176", "0.5", "2E-6176"],
    ["0", "Infinity", "NaN"],
    ["-1", "Infinity", "-Infinity"],
  ])("%s * %s = %s", (a, b, product) => {
    expect(show(multiplyDecimals(read(a), read(b)))).toBe(product);
  });

  test.each([
    ["1", "4", "0.25"],
    ["1", "3", "0.3333333333333333333333333333333333"],
    ["6", "3", "2"],
    ["Infinity", "2", "Infinity"],
    ["1", "Infinity", "0"],
  ])("%s / %s = %s", (a, b, quotient) => {
    expect(show(divideDecimals(read(a), read(b)))).toBe(quotient);
  });

  test("of a double has its 15 digits, and is that double again when it had no more", () => {
    expect(show(decimalFromDouble(0.1))).toBe("0.100000000000000");
    expect(decimalToDouble(decimalFromDouble(-1234.5678))).toBe(-1234.5678);
    expect(show(decimalFromDouble(-0))).toBe("-0");
  });
});
