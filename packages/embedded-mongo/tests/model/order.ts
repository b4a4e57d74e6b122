import type { Field, Model } from "./model.js";

/** MongoDB's order of types, as its manual lists it ("Comparison/Sort Order"). */
const TYPE_ORDER: Record<Model["type"], number> = {
  minKey: 0,
  undefined: 1,
  null: 2,
  int: 3,
  long: 3,
  double: 3,
  decimal: 3,
  string: 4,
  symbol: 4,
  object: 5,
  array: 6,
  binData: 7,
  objectId: 8,
  bool: 9,
  date: 10,
  timestamp: 11,
  regex: 12,
  javascript: 14,
  javascriptWithScope: 15,
  maxKey: 16,
};

type Sign = -1 | 0 | 1;

function bySize(a: number | bigint, b: number | bigint): Sign {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function byBytes(a: Iterable<number>, b: Iterable<number>): Sign {
  return byItems([...a], [...b], bySize);
}

function byItems<T>(a: readonly T[], b: readonly T[], compare: (x: T, y: T) => Sign): Sign {
  for (const [index, x] of a.entries()) {
    const y = b[index];
    if (y === undefined) return 1;
    const sign = compare(x, y);
    if (sign !== 0) return sign;
  }
  return bySize(a.length, b.length);
}

export function typeOrder(model: Model): number {
  return TYPE_ORDER[model.type];
}

/** MongoDB's comparison, written down type by type. */
export function compareModels(a: Model, b: Model): Sign {
  const types = bySize(typeOrder(a), typeOrder(b));
  if (types !== 0) return types;
  if (isNumeric(a) && isNumeric(b)) return compareNumbers(a, b);
  if ("items" in a && "items" in b) return byItems(a.items, b.items, compareModels);
  if ("fields" in a && "fields" in b) return byItems(a.fields, b.fields, compareFields);
  if ("scope" in a && "scope" in b) {
    return (
      byBytes(Buffer.from(a.text), Buffer.from(b.text)) || byItems(a.scope, b.scope, compareFields)
    );
  }
  if (a.type === "objectId" && b.type === "objectId")
    return byBytes(Buffer.from(a.text, "hex"), Buffer.from(b.text, "hex"));
  if ("text" in a && "text" in b) return byBytes(Buffer.from(a.text), Buffer.from(b.text));
  if ("pattern" in a && "pattern" in b) {
    return (
      byBytes(Buffer.from(a.pattern), Buffer.from(b.pattern)) ||
      byBytes(Buffer.from(a.options), Buffer.from(b.options))
    );
  }
  if ("subtype" in a && "subtype" in b) {
    return (
      bySize(a.bytes.length, b.bytes.length) ||
      bySize(a.subtype, b.subtype) ||
      byBytes(a.bytes, b.bytes)
    );
  }
  if ("value" in a && "value" in b) return bySize(BigInt(a.value), BigInt(b.value));
  return 0;
}

function compareFields([nameA, a]: Field, [nameB, b]: Field): Sign {
  return (
    bySize(typeOrder(a), typeOrder(b)) ||
    byBytes(Buffer.from(nameA), Buffer.from(nameB)) ||
    compareModels(a, b)
  );
}

export type NumericModel = Extract<Model, { type: "int" | "double" | "long" | "decimal" }>;

export function isNumeric(model: Model): model is NumericModel {
  return TYPE_ORDER[model.type] === TYPE_ORDER.int;
}

/** A number as an exact fraction, or what it is instead of a number. */
type Fraction =
  { readonly top: bigint; readonly bottom: bigint } | "NaN" | "Infinity" | "-Infinity";

export function fractionOf(model: Model): Fraction {
  if (model.type === "decimal") return fractionOfText(model.text);
  if (model.type === "long") return { top: model.value, bottom: 1n };
  if (model.type !== "int" && model.type !== "double") return "NaN";
  let [top, bottom] = [model.value, 1n];
  if (!Number.isFinite(top)) return String(top) as Fraction;
  while (!Number.isInteger(top)) [top, bottom] = [top * 2, bottom * 2n];
  return { top: BigInt(top), bottom };
}

function fractionOfText(text: string): Fraction {
  const parts = /^(-?)(\d+)(?:\.(\d+))?(?:E([+-]?\d+))?$/.exec(text);
  if (parts === null) return text as Fraction;
  const [, sign, whole = "0", rest = "", exponent = "0"] = parts;
  const power = Number(exponent) - rest.length;
  const digits = BigInt(whole + rest) * (sign === "-" ? -1n : 1n);
  return power >= 0
    ? { top: digits * 10n ** BigInt(power), bottom: 1n }
    : { top: digits, bottom: 10n ** BigInt(-power) };
}

function compareNumbers(a: Model, b: Model): Sign {
  const [x, y] = [fractionOf(a), fractionOf(b)];
  const rank = (value: Fraction): number =>
    typeof value === "string" ? { NaN: 0, "-Infinity": 1, Infinity: 3 }[value] : 2;
  if (typeof x === "string" || typeof y === "string") return bySize(rank(x), rank(y));
  return bySize(x.top * y.bottom, y.top * x.bottom);
}
