import { getField, type RawDocument, readValues } from "../../bson/document.js";
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
    { path, needsViablePath: true, modifier: () => undefined },
    {
      path: target,
      modifier: (current, { original }) => {
        const { value, isInArray } = readAt(original, source);
        if (value === undefined) return current;
        if (isInArray || readAt(original, destination).isInArray) throw arrayElement(path, target);
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

function arrayElement(source: string, target: string): CommandError {
  return new CommandError(
    "BadValue",
    `Neither field of $rename can be an array element: ${source}: "${target}"`,
  );
}

function readAt(
  document: RawDocument,
  parts: readonly PathPart[],
): { value: BsonValue | undefined; isInArray: boolean } {
  let value: BsonValue | undefined = objectValue(document);
  let isInArray = false;
  for (const { key, index } of parts) {
    isInArray ||= value?.type === BsonType.array;
    if (value?.type === BsonType.object) value = getField(value.bytes, key);
    else value = value?.type === BsonType.array ? readValues(value.bytes)[index] : undefined;
  }
  return { value, isInArray };
}
