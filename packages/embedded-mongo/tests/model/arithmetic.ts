import type { Model } from "./model.js";

const MAX_LONG = 2n ** 63n - 1n;

/**
 * What `$inc` and `$mul` make of a number: the wider of both types, and a long where an int would overflow.
 * @throws RangeError for decimals, whose arithmetic the reference does not know.
 */
export function combinedNumbers(operator: "$inc" | "$mul", a: Model, b: Model): Model | "refused" {
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x === undefined || y === undefined) return "refused";
  const isSum = operator === "$inc";
  if (a.type === "double" || b.type === "double") {
    const [left, right] = [Number(x), Number(y)];
    return { type: "double", value: isSum ? left + right : left * right };
  }
  const value = isSum ? BigInt(x) + BigInt(y) : BigInt(x) * BigInt(y);
  if (a.type === "int" && b.type === "int" && BigInt.asIntN(32, value) === value)
    return { type: "int", value: Number(value) };
  return value > MAX_LONG || value < -MAX_LONG - 1n ? "refused" : { type: "long", value };
}

function numberOf(model: Model): number | bigint | undefined {
  if (model.type === "decimal") throw new RangeError("The reference does not know decimals");
  const isNumber = model.type === "int" || model.type === "double" || model.type === "long";
  return isNumber ? model.value : undefined;
}

/** What `$mul` takes a missing field for. */
export function zeroLike(operand: Model): Model {
  return operand.type === "long" ? { type: "long", value: 0n } : { type: "int", value: 0 };
}
