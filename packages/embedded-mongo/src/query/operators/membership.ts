import { BsonType } from "../../bson/type.js";
import { ValueCursor } from "../../bson/value-cursor.js";
import type { BsonValue } from "../../bson/value.js";
import { CommandError } from "../../errors.js";
import type { Steps } from "../../turn.js";
import type { KeyBounds, Predicate } from "../node.js";
import { once } from "../once.js";
import { unionRanges } from "../ranges.js";
import { ValueSet } from "../value-set.js";
import { isNullish, keysEqualTo, refuseUndefined } from "./comparison.js";
import { matchesRegex } from "./regex.js";

/** Literals that are looked up in an index one by one; for more, an index says nothing. */
const MAX_KEYS = 5000;

/** Values that are looked at in one step. */
const STRIDE = 64;

/** What a `$in` lists besides literals. */
interface Members {
  readonly patterns: readonly Predicate[];
  readonly hasNull: boolean;
}

/** `$in`: equal to one of the values, or matched by one of the regular expressions. */
export function* isIn(operand: BsonValue): Steps<Predicate> {
  if (operand.type !== BsonType.array) throw new CommandError("BadValue", "$in needs an array");
  const { patterns, hasNull } = yield* readMembers(operand.bytes);
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
    keys: once(() => keysOf(operand.bytes, patterns)),
  };
}

/** @throws CommandError BadValue (2) for undefined and operators, and for what is wrong with a regular expression. */
function* readMembers(array: Buffer): Steps<Members> {
  const patterns: Predicate[] = [];
  let hasNull = false;
  const cursor = new ValueCursor(array);
  for (let count = 1; cursor.next(); count += 1) {
    refuse(cursor);
    if (cursor.type === BsonType.null) hasNull = true;
    if (cursor.type === BsonType.regex) patterns.push(matchesRegex(cursor.value()));
    if (count % STRIDE === 0 || cursor.type === BsonType.regex) yield;
  }
  return { patterns, hasNull };
}

function refuse(cursor: ValueCursor): void {
  if (cursor.type === BsonType.undefined) refuseUndefined(cursor.value());
  // The first field of a document begins behind its length and a type.
  if (cursor.type === BsonType.object && cursor.byteAt(5) === "$".charCodeAt(0))
    throw new CommandError("BadValue", "cannot nest $ under $in");
}

/** `undefined` when there are too many to be looked up. */
function keysOf(array: Buffer, patterns: readonly Predicate[]): KeyBounds | undefined {
  const bounds = patterns.map(({ keys }) => keys?.()).filter((keys) => keys !== undefined);
  const cursor = new ValueCursor(array);
  while (cursor.next()) {
    if (bounds.length > MAX_KEYS) return undefined;
    if (cursor.type !== BsonType.regex) bounds.push(keysEqualTo(cursor.value()));
  }
  return {
    ranges: unionRanges(bounds.flatMap(({ ranges }) => ranges)),
    isExact: bounds.every(({ isExact }) => isExact),
  };
}
