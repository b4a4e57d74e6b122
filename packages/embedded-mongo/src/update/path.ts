import { CommandError } from "../errors.js";

/**
 * Checks the path of a modifier.
 *
 * @throws CommandError 56 (empty name), 52 (name that begins with `$`), 2 (`$` in a wrong place; `$[]` and
 * `$[<identifier>]`, which are not supported here).
 */
export function checkUpdatePath(path: string): void {
  const names = path.split(".");
  if (names.includes("")) {
    throw new CommandError(
      "EmptyFieldName",
      `The update path '${path}' contains an empty field name, which is not allowed.`,
    );
  }
  for (const name of names) {
    if (name.startsWith("$[")) {
      throw new CommandError(
        "BadValue",
        `${name} in an update path is not supported here: '${path}'`,
      );
    }
    if (name.startsWith("$") && name !== "$") {
      throw new CommandError(
        "DollarPrefixedFieldName",
        `The dollar ($) prefixed field '${name}' in '${path}' is not valid for storage.`,
      );
    }
  }
  if (names[0] === "$") {
    throw new CommandError(
      "BadValue",
      `Cannot have positional (i.e. '$') element in the first position in path '${path}'`,
    );
  }
  if (names.indexOf("$") !== names.lastIndexOf("$")) {
    throw new CommandError(
      "BadValue",
      `Too many positional (i.e. '$') elements found in path '${path}'`,
    );
  }
}
