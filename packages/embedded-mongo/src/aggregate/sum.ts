import {
  addDecimals,
  decimalFromDouble,
  decimalFromInteger,
  type Decimal,
} from "../bson/decimal.js";
import {
  decimalValue,
  integerValue,
  toBigInt,
  toDecimal,
  toDouble,
  type NumericValue,
} from "../bson/number.js";
import { BsonType } from "../bson/type.js";
import { doubleValue, longValue, type BsonValue } from "../bson/value.js";

const MIN_LONG = -(2n ** 63n);
const MAX_LONG = 2n ** 63n - 1n;

/**
 * A sum in the widest type of its numbers: integers exactly, doubles with compensation for rounding (Neumaier),
 * Decimal128 exactly until the end. A sum of integers that leaves 64 bits becomes a double.
 */
export class Sum {
  #integers = 0n;
  #double = 0;
  #compensation = 0;
  #decimal: Decimal | undefined;
  #widest: NumericValue["type"] = BsonType.int;

  add(value: NumericValue): void {
    switch (value.type) {
      case BsonType.decimal:
        this.#decimal = addDecimals(this.#decimal ?? decimalFromInteger(0n), toDecimal(value));
        break;
      case BsonType.double:
        this.#addDouble(toDouble(value));
        if (this.#widest !== BsonType.decimal) this.#widest = BsonType.double;
        break;
      case BsonType.long:
      case BsonType.int:
        this.#integers += toBigInt(value);
        if (this.#widest === BsonType.int) this.#widest = value.type;
    }
  }

  result(): BsonValue {
    const doubles = this.#double + (Number.isFinite(this.#double) ? this.#compensation : 0);
    if (this.#decimal !== undefined) {
      const exact = addDecimals(this.#decimal, decimalFromInteger(this.#integers));
      return decimalValue(doubles === 0 ? exact : addDecimals(exact, decimalFromDouble(doubles)));
    }
    const fits = this.#integers >= MIN_LONG && this.#integers <= MAX_LONG;
    if (this.#widest === BsonType.double || !fits)
      return doubleValue(Number(this.#integers) + doubles);
    if (this.#widest === BsonType.long) return longValue(this.#integers);
    return integerValue(this.#integers) ?? longValue(this.#integers);
  }

  #addDouble(value: number): void {
    const sum = this.#double + value;
    const isLarger = Math.abs(this.#double) >= Math.abs(value);
    const lost = isLarger ? this.#double - sum + value : value - sum + this.#double;
    if (Number.isFinite(lost)) this.#compensation += lost;
    this.#double = sum;
  }
}
