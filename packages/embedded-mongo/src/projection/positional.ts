import { type BsonElement, type RawDocument, readElements, readValues } from "../bson/document.js";
import { isNumber, isTruthy } from "../bson/number.js";
import { BsonType } from "../bson/type.js";
import { CommandError } from "../errors.js";

const LOGICAL = ["$and", "$or", "$nor"];

/**
 * Reads the value of `path.$`, which can only be on.
 * @throws CommandError 31271, 31308 or 16410
 */
export function checkPositional(element: BsonElement): void {
  if (element.type === BsonType.object)
    throw new CommandError(
      31271,
      "positional projection cannot be used with an expression or sub object",
    );
  if (!isNumber(element) && element.type !== BsonType.bool)
    throw new CommandError(31308, "positional projection cannot be used with a literal");
  if (!isTruthy(element))
    throw new CommandError(
      16410,
      `FieldPath field names may not start with '$': '${element.name}'`,
    );
}

/**
 * The position in the array of `path.$` comes from the filter.
 * @throws CommandError 31277 when the filter says nothing of this field.
 */
export function checkPositionKnown(path: string, filter: RawDocument): void {
  const [field = ""] = path.split(".");
  if (namesField(filter, field)) return;
  throw new CommandError(
    31277,
    `Positional projection '${path}.$' does not match the query document.`,
  );
}

function namesField(filter: RawDocument, field: string): boolean {
  return readElements(filter).some((element) =>
    LOGICAL.includes(element.name)
      ? readValues(element.bytes).some(({ bytes }) => namesField(bytes, field))
      : element.name.split(".")[0] === field,
  );
}
