import { arrayValue, getField, readValues } from "../bson/document.js";
import { parsePath, type PathPart } from "../bson/path.js";
import { BsonType } from "../bson/type.js";
import { dateValue, objectValue, type BsonValue } from "../bson/value.js";
import { CommandError } from "../errors.js";
import type { Expression } from "./expression.js";

/**
 * Compiles `$a.b` or `$$ROOT.a`. Through an array it gives the array of what its documents hold at the rest of the path.
 *
 * @throws CommandError 17276 (unknown variable), 40352, 16410 (path that is not one).
 */
export function compileFieldPath(text: string): Expression {
  if (!text.startsWith("$$")) return fromRoot(checkedParts(text.slice(1)));
  const [name = "", ...rest] = text.slice(2).split(".");
  const parts = rest.length === 0 ? [] : checkedParts(rest.join("."));
  switch (name) {
    case "ROOT":
    case "CURRENT":
      return fromRoot(parts);
    case "NOW":
      return ({ now }) => {
        if (now !== undefined) return dateValue(BigInt(now.getTime()));
        throw new CommandError("BadValue", "$$NOW is not supported here");
      };
    case "REMOVE":
      return () => undefined;
    default:
      throw new CommandError(17276, `Use of undefined variable: ${name}`);
  }
}

function fromRoot(parts: readonly PathPart[]): Expression {
  return ({ root }) => readPath(objectValue(root), parts, 0);
}

function checkedParts(path: string): PathPart[] {
  const parts = parsePath(path);
  if (parts.some(({ name }) => name === "")) {
    throw new CommandError(40352, `FieldPath must not have an empty field name: '${path}'`);
  }
  if (parts.some(({ name }) => name.startsWith("$"))) {
    throw new CommandError(16410, `FieldPath field names may not start with '$': '${path}'`);
  }
  return parts;
}

function readPath(value: BsonValue, parts: readonly PathPart[], at: number): BsonValue | undefined {
  const part = parts[at];
  if (part === undefined) return value;
  if (value.type === BsonType.object) {
    const field = getField(value.bytes, part.key);
    return field && readPath(field, parts, at + 1);
  }
  if (value.type !== BsonType.array) return undefined;
  const found = readValues(value.bytes)
    .filter(({ type }) => type === BsonType.object)
    .map((element) => readPath(element, parts, at));
  return arrayValue(found.filter((element) => element !== undefined));
}
