/** The type bytes of BSON (bsonspec.org), under the aliases that `$type` takes. */
export const BsonType = {
  double: 1,
  string: 2,
  object: 3,
  array: 4,
  binData: 5,
  undefined: 6,
  objectId: 7,
  bool: 8,
  date: 9,
  null: 10,
  regex: 11,
  dbPointer: 12,
  javascript: 13,
  symbol: 14,
  javascriptWithScope: 15,
  int: 16,
  timestamp: 17,
  long: 18,
  decimal: 19,
  maxKey: 127,
  minKey: 255,
} as const;

export type BsonTypeName = keyof typeof BsonType;

const NAMES = new Map<number, BsonTypeName>(
  Object.entries(BsonType).map(([name, type]) => [type, name as BsonTypeName]),
);

/** The alias of a type byte, as in `$type` and in messages; `unknown` for a byte that BSON does not define. */
export function nameOfType(type: number): BsonTypeName | "unknown" {
  return NAMES.get(type) ?? "unknown";
}

export function isKnownType(type: number): boolean {
  return NAMES.has(type);
}

export function isNumericType(type: number): boolean {
  return (
    type === BsonType.int ||
    type === BsonType.double ||
    type === BsonType.long ||
    type === BsonType.decimal
  );
}

/**
 * The first byte of each encoded value: types that MongoDB compares with each other share a bracket, and the brackets
 * rise in MongoDB's comparison order. 0 is left free as "end of object", and no bracket is 0xff, so that a terminated
 * string stays below every continuation of it.
 */
export const Bracket = {
  minKey: 0x08,
  undefined: 0x10,
  null: 0x18,
  number: 0x20,
  string: 0x28,
  object: 0x30,
  array: 0x38,
  binData: 0x40,
  objectId: 0x48,
  bool: 0x50,
  date: 0x58,
  timestamp: 0x60,
  regex: 0x68,
  dbPointer: 0x70,
  javascript: 0x78,
  javascriptWithScope: 0x80,
  maxKey: 0xf0,
} as const;

const BRACKETS = new Map<number, number>([
  ...Object.entries(BsonType).map(([name, type]): [number, number] => [
    type,
    (Bracket as Partial<Record<string, number>>)[name] ?? Bracket.number,
  ]),
  [BsonType.symbol, Bracket.string],
]);

/** The bracket of a type byte. */
export function bracketOf(type: number): number {
  const bracket = BRACKETS.get(type);
  if (bracket === undefined) throw new RangeError(`Unknown BSON type 0x${type.toString(16)}`);
  return bracket;
}
