import { getField, readElements, readValues, type RawDocument } from "../../bson/document.js";
import { parsePath } from "../../bson/path.js";
import { BsonType } from "../../bson/type.js";
import { NULL_VALUE, longValue, objectValue, textOf, type BsonValue } from "../../bson/value.js";
import { CommandError } from "../../errors.js";
import { isNullish } from "../../query/operators/comparison.js";
import { assignPaths } from "../../update/assign.js";
import { paced, type Stage } from "../stage.js";

interface Unwind {
  readonly path: string;
  readonly indexField: string | undefined;
  readonly keepsEmpty: boolean;
}

/** `$unwind`: a document for each element of an array. */
export function unwindStage(operand: BsonValue): Stage {
  const unwind = readUnwind(operand);
  return async function* (documents, context) {
    for await (const document of documents) yield* paced(unwound(document, unwind), context);
  };
}

function* unwound(
  document: RawDocument,
  { path, indexField, keepsEmpty }: Unwind,
): Iterable<RawDocument> {
  const withIndex = (changed: RawDocument, index: BsonValue): RawDocument =>
    indexField === undefined ? changed : assignPaths(changed, [{ path: indexField, value: index }]);
  const value = readAt(document, path);
  if (value === undefined || isNullish(value)) {
    if (keepsEmpty) yield withIndex(document, NULL_VALUE);
    return;
  }
  if (value.type !== BsonType.array) {
    yield withIndex(document, NULL_VALUE);
    return;
  }
  const elements = readValues(value.bytes);
  for (const [index, element] of elements.entries()) {
    yield withIndex(assignPaths(document, [{ path, value: element }]), longValue(BigInt(index)));
  }
  if (elements.length === 0 && keepsEmpty) {
    yield withIndex(assignPaths(document, [{ path, value: undefined }]), NULL_VALUE);
  }
}

/** Through documents only: an array on the way hides what is inside. */
function readAt(document: RawDocument, path: string): BsonValue | undefined {
  let value: BsonValue | undefined = objectValue(document);
  for (const { key } of parsePath(path)) {
    value = value?.type === BsonType.object ? getField(value.bytes, key) : undefined;
  }
  return value;
}

function readUnwind(operand: BsonValue): Unwind {
  if (operand.type === BsonType.string) {
    return { path: pathOf(operand), indexField: undefined, keepsEmpty: false };
  }
  if (operand.type !== BsonType.object) {
    throw new CommandError(
      15981,
      "expected either a string or an object as specification for $unwind stage",
    );
  }
  let [path, index, keepsEmpty]: [string | undefined, string | undefined, boolean] = [
    undefined,
    undefined,
    false,
  ];
  for (const element of readElements(operand.bytes)) {
    if (element.name === "path") path = pathOf(element);
    else if (element.name === "includeArrayIndex") index = indexFieldOf(element);
    else if (element.name === "preserveNullAndEmptyArrays") keepsEmpty = flagOf(element);
    else throw new CommandError(28811, `unrecognized option to $unwind stage: ${element.name}`);
  }
  if (path === undefined) throw new CommandError(28812, "no path specified to $unwind stage");
  return { path, indexField: index, keepsEmpty };
}

function pathOf(value: BsonValue): string {
  if (value.type !== BsonType.string) {
    throw new CommandError(28808, "expected a string as the path for $unwind stage");
  }
  const path = textOf(value);
  if (!path.startsWith("$")) {
    throw new CommandError(
      28818,
      `path option to $unwind stage should be prefixed with a '$': ${path}`,
    );
  }
  return path.slice(1);
}

function indexFieldOf(value: BsonValue): string {
  const name = value.type === BsonType.string ? textOf(value) : "";
  if (name === "") {
    throw new CommandError(
      28810,
      "expected a non-empty string for the includeArrayIndex option to $unwind stage",
    );
  }
  if (name.startsWith("$")) {
    throw new CommandError(
      28822,
      `includeArrayIndex option to $unwind stage should not be prefixed with a '$': ${name}`,
    );
  }
  return name;
}

function flagOf(value: BsonValue): boolean {
  if (value.type === BsonType.bool) return value.bytes[0] !== 0;
  throw new CommandError(
    28809,
    "expected a boolean for the preserveNullAndEmptyArrays option to $unwind stage",
  );
}
