import { decodeDocument, isEmptyDocument, type RawDocument, readValues } from "../bson/document.js";
import { BsonType, type BsonTypeName, isNumericType, nameOfType } from "../bson/type.js";
import { type BsonValue, textOf, toJs } from "../bson/value.js";
import { type CodeName, CommandError } from "../errors.js";
import { MAX_TIME_MS, readCollectionName } from "./limits.js";
import type { OptionReader } from "./options.js";

type Optional<T> = OptionReader<T, false>;

function reader<T>(read: OptionReader<T>["read"]): Optional<T> {
  return { read, isRequired: false };
}

export function required<T>({ read, readSequence }: OptionReader<T>): OptionReader<T, true> {
  const base = { read, isRequired: true } as const;
  return readSequence === undefined ? base : { ...base, readSequence };
}

function wrongType(value: BsonValue, field: string, expected: string): CommandError {
  return new CommandError(
    "TypeMismatch",
    `BSON field '${field}' is the wrong type '${nameOfType(value.type)}', expected type ${expected}`,
  );
}

function expectType(value: BsonValue, field: string, type: BsonTypeName): void {
  if (value.type !== BsonType[type]) throw wrongType(value, field, `'${type}'`);
}

export const text = reader((value, field) => {
  expectType(value, field, "string");
  return textOf(value);
});

/** Of the command's own field: the name of a collection. */
export const collectionName = required(
  reader((value, field) => {
    expectType(value, field, "string");
    return readCollectionName(textOf(value));
  }),
);

export const document = reader((value, field): RawDocument => {
  expectType(value, field, "object");
  return value.bytes;
});

/** Any value, as it stands. */
export const anyValue = reader((value) => value);

export const boolean = reader((value, field) => {
  if (value.type === BsonType.bool) return value.bytes[0] === 1;
  if (isNumericType(value.type)) return Number(toJs(value)) !== 0;
  throw wrongType(value, field, "'bool'");
});

function wholeNumber(value: BsonValue, field: string): number {
  if (!isNumericType(value.type)) throw wrongType(value, field, "'[long, int, decimal, double]'");
  const number = Number(toJs(value));
  if (Number.isSafeInteger(number)) return number;
  throw new CommandError("BadValue", `BSON field '${field}' must be a whole number`);
}

const NEGATIVE = 51024;

/** A whole number of at least 0. */
export const count = reader((value, field) => {
  const number = wholeNumber(value, field);
  if (number >= 0) return number;
  throw new CommandError(
    NEGATIVE,
    `BSON field '${field}' value must be >= 0, actual value '${number}'`,
  );
});

/** A whole number of either sign. */
export const integer = reader(wholeNumber);

export const milliseconds = reader((value, field) => {
  const number = count.read(value, field);
  if (number <= MAX_TIME_MS) return number;
  throw new CommandError("BadValue", `${number} value for maxTimeMS is out of range`);
});

export const long = reader((value, field): bigint => {
  if (value.type === BsonType.long) return value.bytes.readBigInt64LE(0);
  return BigInt(wholeNumber(value, field));
});

/** An array, or a section of documents beside the body. */
export const documents: Optional<readonly RawDocument[]> = {
  isRequired: false,
  read: (value, field) => {
    expectType(value, field, "array");
    return readValues(value.bytes).map((element, index) =>
      document.read(element, `${field}.${index}`),
    );
  },
  readSequence: (sequence) => sequence,
};

export const values = reader((value, field): BsonValue[] => {
  expectType(value, field, "array");
  return readValues(value.bytes);
});

export const array = reader((value, field) => {
  expectType(value, field, "array");
  return value;
});

/** The name or the key pattern of an index. An empty pattern is none. */
export const hint = reader((value, field): string | RawDocument | undefined => {
  if (value.type === BsonType.string) return textOf(value);
  if (value.type !== BsonType.object) throw wrongType(value, field, "'[string, object]'");
  return isEmptyDocument(value.bytes) ? undefined : value.bytes;
});

/** The comparison of bytes is the only order there is. */
export const simpleCollation = reader((value, field) => {
  expectType(value, field, "object");
  const { locale, ...others } = decodeDocument(value.bytes);
  const isAlone = Object.keys(others).length === 0;
  if (isEmptyDocument(value.bytes) || (locale === "simple" && isAlone)) return;
  throw new CommandError(
    "BadValue",
    "Collations other than { locale: 'simple' }, without further fields, are not supported",
  );
});

/** Something that is not supported; only the value that leaves it off is taken. */
export function unsupported(reason: string, code: CodeName = "BadValue") {
  return reader((value, field) => {
    const isOff =
      (value.type === BsonType.bool && value.bytes[0] === 0) ||
      (value.type === BsonType.object && isEmptyDocument(value.bytes)) ||
      (value.type === BsonType.array && isEmptyDocument(value.bytes));
    if (!isOff) throw new CommandError(code, `BSON field '${field}' is not supported: ${reason}`);
  });
}

/** Something that changes nothing here, whatever it says. */
export const withoutEffect = reader(() => undefined);
