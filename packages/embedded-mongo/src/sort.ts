import { readElements, type BsonElement, type RawDocument } from "./bson/document.js";
import { isNumber, toDouble } from "./bson/number.js";
import { BsonType } from "./bson/type.js";
import { CommandError } from "./errors.js";
import { compileKeys, type KeyField } from "./keys.js";

const MAX_FIELDS = 32;

export interface Sort {
  readonly fields: readonly KeyField[];
  /**
   * The document's place in this order: keys compare bytewise (`Buffer.compare`). Of an array the smallest element
   * counts in a rising, the largest in a falling order.
   *
   * @throws CommandError 2 when two of the fields lie in different arrays.
   */
  readonly key: (document: RawDocument) => Buffer;
}

/**
 * Compiles a sort specification such as `{ name: 1, size: -1 }`.
 *
 * @throws CommandError 15975 (direction is not 1 or -1), 2 (`$meta`), 15976 (empty), 13103 (more than 32 fields),
 * 16410 and 40352 (path that is not one).
 */
export function compileSort(sort: RawDocument): Sort {
  const fields = readElements(sort).map((element) => ({
    path: checkedPath(element.name),
    direction: directionOf(element),
  }));
  if (fields.length === 0) {
    throw new CommandError(15976, "$sort stage must have at least one sort key");
  }
  if (fields.length > MAX_FIELDS) throw new CommandError(13103, "too many keys in sort");
  const keysOf = compileKeys(fields);
  return { fields, key: (document) => smallestKey(keysOf, document) };
}

/** Descending fields are complemented, so that the smallest key holds the smallest or the largest elements as needed. */
function smallestKey(keysOf: ReturnType<typeof compileKeys>, document: RawDocument): Buffer {
  try {
    const [key] = keysOf(document).keys;
    if (key === undefined) throw new RangeError("A document without a sort key");
    return key;
  } catch (error) {
    if (error instanceof CommandError && error.codeName === "CannotIndexParallelArrays") {
      throw new CommandError("BadValue", "cannot sort with keys that are parallel arrays");
    }
    throw error;
  }
}

function checkedPath(path: string): string {
  const names = path.split(".");
  if (names.includes("")) {
    throw new CommandError(40352, `FieldPath must not have an empty field name: '${path}'`);
  }
  if (names.some((name) => name.startsWith("$"))) {
    throw new CommandError(16410, `FieldPath field names may not start with '$': '${path}'`);
  }
  return path;
}

function directionOf(element: BsonElement): 1 | -1 {
  if (element.type === BsonType.object) {
    throw new CommandError(
      "BadValue",
      `Sorting by an expression is not supported here: ${element.name}`,
    );
  }
  const direction = isNumber(element) ? toDouble(element) : 0;
  if (direction !== 1 && direction !== -1) {
    throw new CommandError(
      15975,
      "$sort key ordering must be 1 (for ascending) or -1 (for descending)",
    );
  }
  return direction;
}
