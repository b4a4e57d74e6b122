import { getField, type RawDocument } from "../bson/document.js";
import type { PathPart } from "../bson/path.js";
import { BsonType } from "../bson/type.js";
import { ValueCursor } from "../bson/value-cursor.js";
import type { BsonValue } from "../bson/value.js";
import type { FilterNode, MatchPosition, PathNode } from "./node.js";

/** Whether a document fulfils a parsed filter. */
export function matchesDocument(
  node: FilterNode,
  document: RawDocument,
  match?: MatchPosition,
): boolean {
  switch (node.kind) {
    case "and": {
      const isMatch = node.children.every((child) => matchesDocument(child, document, match));
      if (!isMatch && match) match.position = undefined;
      return isMatch;
    }
    case "or":
      return node.children.some((child) => matchesDocument(child, document, match));
    case "nor":
      return !node.children.some((child) => matchesDocument(child, document));
    case "not":
      return !matchesDocument(node.child, document);
    case "path":
      return matchesPath(node, document, match);
    case "expression":
      return node.test(document);
  }
}

/** Whether a value itself (an array element under `$elemMatch`) fulfils a condition; paths play no part. */
export function matchesValue(node: FilterNode, value: BsonValue): boolean {
  switch (node.kind) {
    case "and":
      return node.children.every((child) => matchesValue(child, value));
    case "or":
      return node.children.some((child) => matchesValue(child, value));
    case "nor":
      return !node.children.some((child) => matchesValue(child, value));
    case "not":
      return !matchesValue(node.child, value);
    case "path":
      return node.predicate.test(value);
    case "expression":
      return false;
  }
}

function matchesPath(
  { parts, predicate }: PathNode,
  document: RawDocument,
  match?: MatchPosition,
): boolean {
  return new PathWalk(parts, predicate.isOnWholeArray === true, (value, position) => {
    if (!predicate.test(value, match)) return false;
    if (match && position !== undefined) match.position = position;
    return true;
  }).visitDocument(document, 0);
}

/**
 * @param value - `undefined` for a missing field.
 * @param position - Of the outermost array element passed through, if any.
 */
type Test = (value: BsonValue | undefined, position: number | undefined) => boolean;

/**
 * Visits what a dotted path denotes in a document, as MongoDB's matcher does, until a test succeeds: arrays on the way
 * are entered element by element (only elements that are documents), a number in the path is also a position, and an
 * array at the end is visited element by element and then as a whole.
 */
class PathWalk {
  readonly #parts: readonly PathPart[];
  readonly #isOnWholeArray: boolean;
  readonly #test: Test;

  constructor(parts: readonly PathPart[], isOnWholeArray: boolean, test: Test) {
    this.#parts = parts;
    this.#isOnWholeArray = isOnWholeArray;
    this.#test = test;
  }

  visitDocument(document: RawDocument, at: number, position?: number): boolean {
    const part = this.#parts[at];
    const value = part && getField(document, part.key);
    const isLast = at === this.#parts.length - 1;
    if (value?.type === BsonType.array) return this.#visitArray(value, at + 1, position);
    if (isLast) return this.#test(value, position);
    if (value?.type === BsonType.object) return this.visitDocument(value.bytes, at + 1, position);
    return this.#test(undefined, position);
  }

  #visitArray(array: BsonValue, at: number, position?: number): boolean {
    if (at < this.#parts.length) return this.#visitElements(array, at, position);
    if (!this.#isOnWholeArray) {
      const isFound = someValue(array.bytes, (value, index) =>
        this.#test(value, position ?? index),
      );
      if (isFound) return true;
    }
    return this.#test(array, position);
  }

  #visitElements(array: BsonValue, at: number, position?: number): boolean {
    return someValue(array.bytes, (value, index) => {
      const isObject = value.type === BsonType.object;
      if (isObject && this.visitDocument(value.bytes, at, position ?? index)) return true;
      return this.#parts[at]?.index === index && this.#visitDenoted(value, at + 1, position);
    });
  }

  /** An element that a number in the path denotes: no implicit traversal, so it gives no position. */
  #visitDenoted(value: BsonValue, at: number, position?: number): boolean {
    if (at === this.#parts.length) return this.#test(value, position);
    if (value.type === BsonType.object) return this.visitDocument(value.bytes, at, position);
    return value.type === BsonType.array && this.#visitElements(value, at, position);
  }
}

/** As `some` of a list of the values, without a list. */
function someValue(array: Buffer, test: (value: BsonValue, index: number) => boolean): boolean {
  const cursor = new ValueCursor(array);
  for (let index = 0; cursor.next(); index += 1) if (test(cursor.value(), index)) return true;
  return false;
}
