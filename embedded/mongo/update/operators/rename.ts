import { getField, type RawDocument } from "../../bson/document.js";
import { parsePath, type PathPart } from "../../bson/path.js";
import { BsonType } from "../../bson/type.js";
import { objectValue, textOf, typeNameOf, type BsonValue } from "../../bson/value.js";
import { CommandError } from "../../errors.js";
import type { Operator } from "../modifier.js";
import { checkUpdatePath } from "../path.js";

/** `$rename`: moves a field; nothing happens when it is not there. Neither path may go through an array. */
export const rename: Operator = ({ path, operand }) => {
  if (operand.type !== BsonType.string) {
    throw new CommandError(
      "BadValue",
      `The 'to' field for $rename must be a string: ${path}: ${typeNameOf(operand)}`,
    );
  }
  const target = textOf(operand);
  checkUpdatePath(target);
  if (path === target) {
    throw new CommandError(
      "BadValue",
      `The source and target field for $rename must differ: ${path}: "${target}"`,
    );
  }
  const [source, destination] = [parsePath(path), parsePath(target)];
  refusePositional(source, "source");
  refusePositional(destination, "destination");

  return [
    { path, modifier: () => undefined },
    {
      path: target,
      modifier: (current, { original }) => {
        const value = readOutsideArrays(original, source, "source");
        if (value === undefined) return current;
        readOutsideArrays(original, destination, "destination");
        return value;
      },
    },
  ];
};

type Role = "source" | "destination";

function refusePositional(parts: readonly PathPart[], role: Role): void {
  if (parts.some(({ name }) => name === "$")) {
    throw new CommandError("BadValue", `The ${role} field for $rename may not be dynamic`);
  }
}

function readOutsideArrays(
  document: RawDocument,
  parts: readonly PathPart[],
  role: Role,
): BsonValue | undefined {
  let value: BsonValue | undefined = objectValue(document);
  for (const { key } of parts) {
    if (value?.type === BsonType.array) {
      throw new CommandError("BadValue", `The ${role} field of $rename cannot be an array element`);
    }
    value = value?.type === BsonType.object ? getField(value.bytes, key) : undefined;
  }
  return value;
}
