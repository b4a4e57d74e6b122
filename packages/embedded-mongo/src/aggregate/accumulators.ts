import { compareValues } from "../bson/compare.js";
import { ArrayBuilder } from "../bson/array-builder.js";
import { encodeValue } from "../bson/encode.js";
import { integerValue, isNumber } from "../bson/number.js";
import { copyValue, NULL_VALUE, type BsonValue } from "../bson/value.js";
import { quotientOf } from "../expression/operators/arithmetic.js";
import { isNullish } from "../query/operators/comparison.js";
import { Sum } from "./sum.js";

/** What `$group` keeps of the documents of one group. */
export interface Accumulator {
  /** @returns Bytes that are held from now on. */
  add(value: BsonValue | undefined): number;
  result(): BsonValue;
}

/** A rough price of a key in a set besides its characters. */
const KEY_BYTES = 60;

class SumAccumulator implements Accumulator {
  readonly #sum = new Sum();

  add(value: BsonValue | undefined): number {
    if (isNumber(value)) this.#sum.add(value);
    return 0;
  }

  result(): BsonValue {
    return this.#sum.result();
  }
}

class AverageAccumulator implements Accumulator {
  readonly #sum = new Sum();
  #count = 0;

  add(value: BsonValue | undefined): number {
    if (!isNumber(value)) return 0;
    this.#sum.add(value);
    this.#count += 1;
    return 0;
  }

  result(): BsonValue {
    return this.#count === 0 ? NULL_VALUE : quotientOf(this.#sum.result(), this.#count);
  }
}

/** `$min` (sign 1) and `$max` (sign -1); null and missing do not count. */
class BoundAccumulator implements Accumulator {
  readonly #sign: 1 | -1;
  #bound: BsonValue | undefined;

  constructor(sign: 1 | -1) {
    this.#sign = sign;
  }

  add(value: BsonValue | undefined): number {
    if (value === undefined || isNullish(value)) return 0;
    if (this.#bound && compareValues(value, this.#bound) * this.#sign >= 0) return 0;
    const grown = value.bytes.length - (this.#bound?.bytes.length ?? 0);
    this.#bound = copyValue(value);
    return grown;
  }

  result(): BsonValue {
    return this.#bound ?? NULL_VALUE;
  }
}

class EndAccumulator implements Accumulator {
  readonly #isFirst: boolean;
  #value: BsonValue | undefined;

  constructor(isFirst: boolean) {
    this.#isFirst = isFirst;
  }

  add(value: BsonValue = NULL_VALUE): number {
    if (this.#isFirst && this.#value) return 0;
    const grown = value.bytes.length - (this.#value?.bytes.length ?? 0);
    this.#value = copyValue(value);
    return grown;
  }

  result(): BsonValue {
    return this.#value ?? NULL_VALUE;
  }
}

class ListAccumulator implements Accumulator {
  readonly #values = new ArrayBuilder();

  add(value: BsonValue | undefined): number {
    if (value === undefined) return 0;
    const before = this.#values.sizeBytes;
    this.#values.add(value);
    return this.#values.sizeBytes - before;
  }

  result(): BsonValue {
    return this.#values.finish();
  }
}

class SetAccumulator implements Accumulator {
  readonly #values = new ArrayBuilder();
  readonly #keys = new Set<string>();

  add(value: BsonValue | undefined): number {
    if (value === undefined) return 0;
    const key = encodeValue(value).toString("latin1");
    if (this.#keys.has(key)) return 0;
    this.#keys.add(key);
    const before = this.#values.sizeBytes;
    this.#values.add(value);
    return this.#values.sizeBytes - before + key.length + KEY_BYTES;
  }

  result(): BsonValue {
    return this.#values.finish();
  }
}

/** `$count`: as `$sum: 1`. */
export class CountAccumulator implements Accumulator {
  #count = 0n;

  add(): number {
    this.#count += 1n;
    return 0;
  }

  result(): BsonValue {
    return integerValue(this.#count) ?? NULL_VALUE;
  }
}

export const ACCUMULATORS: Readonly<Record<string, () => Accumulator>> = {
  $sum: () => new SumAccumulator(),
  $avg: () => new AverageAccumulator(),
  $min: () => new BoundAccumulator(1),
  $max: () => new BoundAccumulator(-1),
  $first: () => new EndAccumulator(true),
  $last: () => new EndAccumulator(false),
  $push: () => new ListAccumulator(),
  $addToSet: () => new SetAccumulator(),
  $count: () => new CountAccumulator(),
};
