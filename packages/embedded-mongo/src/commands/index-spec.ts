import {
  buildDocument,
  getField,
  isEmptyDocument,
  type RawDocument,
  readElements,
} from "../bson/document.js";
import { BsonType, isNumericType } from "../bson/type.js";
import {
  type BsonValue,
  doubleValue,
  intValue,
  objectValue,
  stringValue,
  textOf,
  toJs,
  TRUE_VALUE,
} from "../bson/value.js";
import { CommandError } from "../errors.js";
import { compileFilter } from "../query/filter.js";
import * as read from "./option-readers.js";
import { ANY_OTHER, type OptionReader, type OptionsOf, readFields } from "./options.js";

const MAX_FIELDS = 32;
const MAX_EXPIRE_SECONDS = 2 ** 31 - 1;

/** One entry of `indexes`. */
const INDEX_OPTIONS = {
  key: read.required(read.document),
  name: read.required(read.text),
  v: read.count,
  unique: read.boolean,
  sparse: read.boolean,
  partialFilterExpression: read.document,
  expireAfterSeconds: read.integer,
  collation: read.simpleCollation,
  // Builds never block others, and the namespace is that of the command.
  background: read.withoutEffect,
  ns: read.withoutEffect,
  hidden: read.unsupported("indexes cannot be hidden"),
  [ANY_OTHER]: {
    isRequired: false,
    read: (_value, field): never => {
      throw new CommandError(
        "InvalidIndexSpecificationOption",
        `The field '${field}' is not supported for an index specification`,
      );
    },
  } satisfies OptionReader<never, false>,
};

type IndexOptions = OptionsOf<typeof INDEX_OPTIONS>;

/**
 * Reads one index of a createIndexes command.
 *
 * @returns Its definition as it is stored and listed: always in the same form, so that equal definitions have equal bytes.
 * @throws CommandError CannotCreateIndex (67), InvalidIndexSpecificationOption (197), 13103 and others.
 */
export function readIndexSpec(entry: RawDocument): RawDocument {
  const options = readFields(INDEX_OPTIONS, entry, "createIndexes.indexes");
  const key = normalizeKey(options.key);
  const isId = key.equals(ID_KEY);
  if (isId) return readIdIndex(options, key);
  checkOptions(options, readElements(key).length);
  const fields: [string, BsonValue][] = [
    ["v", intValue(2)],
    ["key", objectValue(key)],
    ["name", stringValue(options.name)],
  ];
  if (options.unique === true) fields.push(["unique", TRUE_VALUE]);
  if (options.sparse === true) fields.push(["sparse", TRUE_VALUE]);
  const { partialFilterExpression: partial, expireAfterSeconds } = options;
  if (partial !== undefined) fields.push(["partialFilterExpression", objectValue(partial)]);
  if (expireAfterSeconds !== undefined)
    fields.push(["expireAfterSeconds", secondsValue(expireAfterSeconds)]);
  return buildDocument(fields);
}

export function secondsValue(seconds: number): BsonValue {
  return seconds <= MAX_EXPIRE_SECONDS ? intValue(seconds) : doubleValue(seconds);
}

const ID_KEY = buildDocument([["_id", intValue(1)]]);

function refuse(reason: string): CommandError {
  return new CommandError("CannotCreateIndex", reason);
}

function readIdIndex(options: IndexOptions, key: RawDocument): RawDocument {
  const { sparse, partialFilterExpression, expireAfterSeconds } = options;
  if (sparse === true || partialFilterExpression !== undefined || expireAfterSeconds !== undefined)
    throw refuse(
      "The index on _id can be neither sparse nor partial, and its documents do not expire",
    );
  return buildDocument([
    ["v", intValue(2)],
    ["key", objectValue(key)],
    ["name", stringValue("_id_")],
  ]);
}

function checkOptions(options: IndexOptions, fieldCount: number): void {
  const { name, v = 2, sparse, partialFilterExpression: partial } = options;
  if (name === "" || name === "*" || name === "_id_" || name.includes("\0"))
    throw refuse(`'${name}' cannot be the name of this index`);
  if (v !== 1 && v !== 2) throw refuse(`Index version ${v} is not supported`);
  if (sparse === true && partial !== undefined)
    throw refuse('cannot mix "partialFilterExpression" and "sparse" options');
  if (partial !== undefined && !compileFilter(partial).mayFilterIndex)
    throw refuse(
      "Expression not supported in partial index: only $eq, $in, $gt, $gte, $lt, $lte, $exists: true, $type, $and and $or",
    );
  if (options.expireAfterSeconds === undefined) return;
  if (fieldCount > 1) throw refuse("TTL indexes are single-field indexes");
  checkExpireSeconds(options.expireAfterSeconds);
}

/** @throws CommandError CannotCreateIndex (67) */
export function checkExpireSeconds(seconds: number): void {
  if (seconds >= 0 && seconds <= MAX_EXPIRE_SECONDS) return;
  throw refuse(`TTL index 'expireAfterSeconds' must be between 0 and ${MAX_EXPIRE_SECONDS}`);
}

/** The key pattern with directions of 1 and -1. */
function normalizeKey(key: RawDocument): RawDocument {
  if (isEmptyDocument(key)) throw refuse("Index keys cannot be an empty object");
  const elements = readElements(key);
  if (elements.length > MAX_FIELDS)
    throw new CommandError(13103, `Index keys cannot have more than ${MAX_FIELDS} fields`);
  const names = new Set(elements.map(({ name }) => name));
  if (names.size < elements.length) throw refuse("Index keys cannot name a field twice");
  return buildDocument(
    elements.map((element) => [checkPath(element.name), directionValue(element)] as const),
  );
}

function checkPath(path: string): string {
  const names = path.split(".");
  if (names.includes("$**")) throw refuse("Wildcard indexes are not supported");
  if (names.includes("")) throw refuse("Index keys cannot contain an empty field");
  if (names.some((name) => name.startsWith("$")))
    throw refuse("Index key contains an illegal field name: field name starts with '$'.");
  return path;
}

function directionValue(value: BsonValue): BsonValue {
  if (value.type === BsonType.string)
    throw refuse(`Indexes of type '${textOf(value)}' are not supported`);
  const direction = isNumericType(value.type) ? Number(toJs(value)) : Number.NaN;
  if (direction > 0) return intValue(1);
  if (direction < 0) return intValue(-1);
  throw refuse("Values in the index key pattern must be numbers other than 0");
}

/** What makes two indexes the same, apart from the name: the fields of their definitions that decide what they hold. */
const SIGNATURE_FIELDS = ["key", "unique", "sparse", "partialFilterExpression"];

export function haveSameSignature(a: RawDocument, b: RawDocument): boolean {
  return SIGNATURE_FIELDS.every((name) => {
    const [left, right] = [getField(a, name), getField(b, name)];
    if (left === undefined || right === undefined) return left === right;
    return left.bytes.equals(right.bytes);
  });
}
