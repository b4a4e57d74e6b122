import { BsonType } from "../../bson/type.js";
import { ValueCursor } from "../../bson/value-cursor.js";
import type { BsonValue } from "../../bson/value.js";
import { CommandError } from "../../errors.js";
import type { KeyBounds, Predicate } from "../predicate.js";
import { unionRanges } from "../ranges.js";
import { ValueSet } from "../value-set.js";
import { isNullish, keysEqualTo, refuseUndefined } from "./comparison.js";
import { matchesRegex } from "./regex.js";

/** Literals that are looked up in an index one by one; for more, an index says nothing. */
const MAX_KEYS = 5000;

/** What a `$in` lists. */
interface Members {
  readonly patterns: readonly Predicate[];
  readonly hasNull: boolean;
  /** `undefined` when there are too many. */
  readonly keys: KeyBounds | undefined;
}

/** `$in`: equal to one of the values, or matched by one of the regular expressions. */
export function isIn(operand: BsonValue): Predicate {
  if (operand.type !== BsonType.array) throw new CommandError("BadValue", "$in needs an array");
  const { patterns, hasNull, keys } = readMembers(operand.bytes);
  const literals = new ValueSet(operand.bytes);
  return {
    operator: "$in",
    operand,
    test: (value) => {
      if (isNullish(value)) return hasNull;
      if (value === undefined) return false;
      return literals.has(value) || patterns.some((pattern) => pattern.test(value));
    },
    prepare: (turn) => literals.takeIn(turn),
    ...(keys && { keys }),
  };
}

/** @throws CommandError BadValue (2) for undefined and operators, and for what is wrong with a regular expression. */
function readMembers(array: Buffer): Members {
  const patterns: Predicate[] = [];
  const bounds: KeyBounds[] = [];
  let hasNull = false;
  const cursor = new ValueCursor(array);
  while (cursor.next()) {
    refuse(cursor);
    if (cursor.type === BsonType.null) hasNull = true;
    if (cursor.type === BsonType.regex) patterns.push(matchesRegex(cursor.value()));
    else if (bounds.length <= MAX_KEYS) bounds.push(keysEqualTo(cursor.value()));
  }
  const keysOfPatterns = patterns.map(({ keys }) => keys).filter((keys) => keys !== undefined);
  const keys = bounds.length > MAX_KEYS ? undefined : joinBounds([...bounds, ...keysOfPatterns]);
  return { patterns, hasNull, keys };
}

function refuse(cursor: ValueCursor): void {
  if (cursor.type === BsonType.undefined) refuseUndefined(cursor.value());
  // The first field of a document begins behind its length and a type.
  if (cursor.type === BsonType.object && cursor.byteAt(5) === "$".charCodeAt(0))
    throw new CommandError("BadValue", "cannot nest $ under $in");
}

function joinBounds(bounds: readonly KeyBounds[]): KeyBounds {
  return {
    ranges: unionRanges(bounds.flatMap(({ ranges }) => ranges)),
    isExact: bounds.every(({ isExact }) => isExact),
  };
}
