import { encodeValue } from "../bson/encode.js";
import { BsonType } from "../bson/type.js";
import { ValueCursor } from "../bson/value-cursor.js";
import type { BsonValue } from "../bson/value.js";
import type { Turn } from "../turn.js";

/** Values that are taken in between two looks at the clock. */
const STRIDE = 64;
const ENDLESS: Turn = { isOver: false };

/**
 * The literals of a `$in`, found by their encoding however many they are. They are taken in bit by bit, because 200,000
 * values take some tenths of a second; whoever looks for one earlier waits for all.
 */
export class ValueSet {
  readonly #encodings = new Set<string>();
  #rest: ValueCursor | undefined;

  /** @param array - Raw BSON; regular expressions in it are left out. */
  constructor(array: Buffer) {
    this.#rest = new ValueCursor(array);
  }

  /** Goes on until the turn is over. @returns Whether all are taken in. */
  takeIn(turn: Turn): boolean {
    while (this.#rest !== undefined) {
      if (!this.#takeSome(this.#rest)) this.#rest = undefined;
      else if (turn.isOver) return false;
    }
    return true;
  }

  has(value: BsonValue): boolean {
    this.takeIn(ENDLESS);
    return this.#encodings.has(encodingOf(value));
  }

  #takeSome(cursor: ValueCursor): boolean {
    for (let count = 0; count < STRIDE; count += 1) {
      if (!cursor.next()) return false;
      if (cursor.type !== BsonType.regex) this.#encodings.add(encodingOf(cursor.value()));
    }
    return true;
  }
}

function encodingOf(value: BsonValue): string {
  return encodeValue(value).toString("latin1");
}
