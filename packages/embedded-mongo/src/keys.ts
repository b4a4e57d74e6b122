import { getField, readValues, type RawDocument } from "./bson/document.js";
import { complement, encodeValue } from "./bson/encode.js";
import { parsePath, type PathPart } from "./bson/path.js";
import { BsonType } from "./bson/type.js";
import { NULL_VALUE, UNDEFINED_VALUE, objectValue, type BsonValue } from "./bson/value.js";
import { CommandError } from "./errors.js";

/** One field of an index or a sort: a dotted path and a direction. */
export interface KeyField {
  readonly path: string;
  readonly direction: 1 | -1;
}

export interface DocumentKeys {
  /** Distinct keys of the document, rising; each is the concatenation of the encoded fields (descending ones complemented). */
  readonly keys: Buffer[];
  /** An array was expanded: the document may have more than one key and ranges of two predicates may not be intersected. */
  readonly isMultikey: boolean;
  /** At least one indexed field is there; a sparse index holds only such documents. */
  readonly hasAnyField: boolean;
}

/** Of one document, as in MongoDB (`indexMaxNumGeneratedKeysPerDocument`). */
const MAX_KEYS = 100_000;

/** How far the path of one field has been followed. */
interface Trail {
  readonly parts: readonly PathPart[];
  /** Parts already followed. */
  readonly at: number;
  /** What was reached; `undefined` when the field is missing. */
  readonly value: BsonValue | undefined;
  /** Reached by expanding an array: an array at the end of the path is then a value and not expanded again. */
  readonly isElement: boolean;
}

/**
 * Compiles a key pattern to the function that gives a document's keys, as MongoDB's key generator does:
 * arrays are expanded (one level at the end of a path), a missing field is null, an empty array is undefined.
 *
 * @throws CommandError from the returned function: 171 (CannotIndexParallelArrays) when two fields lie in different
 * arrays, 201 (CannotBuildIndexKeys) for more than 100,000 keys, 16746 when a number in a path is both an array position and a field name of its elements.
 */
export function compileKeys(fields: readonly KeyField[]): (document: RawDocument) => DocumentKeys {
  const paths = fields.map(({ path }) => parsePath(path));

  return (document) => {
    const root = objectValue(document);
    const rows: Trail[][] = [];
    const isMultikey = expand(
      paths.map((parts) => ({ parts, at: 0, value: root, isElement: false })),
      rows,
    );
    const keys = rows.map((row) => encodeRow(row, fields)).sort((a, b) => a.compare(b));
    return {
      keys: keys.filter((key, index) => index === 0 || keys[index - 1]?.equals(key) === false),
      isMultikey,
      hasAnyField: rows.some((row) => row.some(({ value }) => value !== undefined)),
    };
  };
}

function encodeRow(row: readonly Trail[], fields: readonly KeyField[]): Buffer {
  const parts = row.map(({ value }, index) => {
    const encoded = encodeValue(value ?? NULL_VALUE);
    return fields[index]?.direction === -1 ? complement(encoded) : encoded;
  });
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
}

/** Adds one row per combination of array elements to `rows`; says whether there was an array. */
function expand(trails: readonly Trail[], rows: Trail[][]): boolean {
  const followed = trails.map(follow);
  const waiting = followed.filter(isAtArray);
  const [first] = waiting;
  if (first?.value === undefined) {
    if (rows.length >= MAX_KEYS)
      throw new CommandError(
        "CannotBuildIndexKeys",
        `One document has more than ${MAX_KEYS} keys of this index or sort`,
      );
    rows.push(followed);
    return false;
  }
  const place = placeOf(first);
  if (waiting.some((trail) => placeOf(trail) !== place)) {
    throw new CommandError(
      "CannotIndexParallelArrays",
      `cannot index parallel arrays [${waiting.map(placeOf).join("] [")}]`,
    );
  }
  const values = readValues(first.value.bytes);
  for (const value of values) {
    expand(
      followed.map((trail) => (isAtArray(trail) ? { ...trail, value, isElement: true } : trail)),
      rows,
    );
  }
  if (values.length === 0) rows.push(followed.map(atEmptyArray));
  return true;
}

function atEmptyArray(trail: Trail): Trail {
  if (!isAtArray(trail)) return trail;
  return { ...trail, value: trail.at === trail.parts.length ? UNDEFINED_VALUE : undefined };
}

function placeOf({ parts, at }: Trail): string {
  return parts
    .slice(0, at)
    .map(({ name }) => name)
    .join(".");
}

function isAtArray({ value, isElement }: Trail): boolean {
  return value?.type === BsonType.array && !isElement;
}

/** Follows a path until it ends or an array must be expanded. */
function follow(trail: Trail): Trail {
  let { at, value, isElement } = trail;
  for (let part = trail.parts[at]; part !== undefined; part = trail.parts[at]) {
    const isArray = value?.type === BsonType.array;
    if (value?.type === BsonType.object) value = getField(value.bytes, part.key);
    else if (isArray && !isElement) {
      const element = elementAt(value?.bytes, part);
      if (element === undefined) break;
      value = element;
    } else return { ...trail, at: trail.parts.length, value: undefined };
    at += 1;
    isElement = false;
  }
  return { ...trail, at, value, isElement };
}

/** The element that a number in a path denotes; `undefined` when the array must be expanded instead. */
function elementAt(array: Buffer | undefined, part: PathPart): BsonValue | undefined {
  if (array === undefined || part.index === -1) return undefined;
  const values = readValues(array);
  const isAmbiguous = values.some(
    ({ type, bytes }) => type === BsonType.object && getField(bytes, part.key) !== undefined,
  );
  if (isAmbiguous && values[part.index] !== undefined) {
    throw new CommandError(
      16746,
      `Ambiguous field name found in array (do not use numeric field names in embedded elements in an array), field: '${part.name}' for array`,
    );
  }
  return values[part.index];
}
