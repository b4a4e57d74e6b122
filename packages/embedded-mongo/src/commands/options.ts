import { type RawDocument, readElements } from "../bson/document.js";
import { BsonType } from "../bson/type.js";
import type { BsonValue } from "../bson/value.js";
import { CommandError } from "../errors.js";
import type { CommandMessage } from "../wire/messages.js";

/** Turns the value of one field of a command into what the command works with, or refuses it. */
export interface OptionReader<T, R extends boolean = boolean> {
  /** @param field - `command.field`, for messages. */
  readonly read: (value: BsonValue, field: string) => T;
  readonly isRequired: R;
  /** For fields that may come as a section of their own beside the body. */
  readonly readSequence?: (documents: readonly Buffer[]) => T;
}

/** The fields that a command knows. */
export type OptionShape = Readonly<Record<string, OptionReader<unknown>>>;

export type OptionsOf<S extends OptionShape> = {
  readonly [K in keyof S]: S[K] extends OptionReader<infer T, true>
    ? T
    : S[K] extends OptionReader<infer T>
      ? T | undefined
      : never;
};

/** In a shape: reads the fields that it does not know. */
export const ANY_OTHER = "*";

const UNKNOWN_FIELD = 40415;
const DUPLICATE_FIELD = 40413;
const MISSING_FIELD = 40414;

/**
 * Reads all fields of a command, strictly: what the shape does not know is refused (unless it has a reader for
 * {@link ANY_OTHER} fields), and null is as good as absent.
 * @throws CommandError 40413, 40414, 40415, TypeMismatch (14), and what the readers throw.
 */
export function readOptions<S extends OptionShape>(
  shape: S,
  message: Pick<CommandMessage, "body" | "sequences">,
  command: string,
): OptionsOf<S> {
  const options = new Map<string, unknown>();
  const add = (name: string, read: (reader: OptionReader<unknown>, field: string) => unknown) => {
    const reader = Object.hasOwn(shape, name) ? shape[name] : shape[ANY_OTHER];
    const field = `${command}.${name}`;
    if (reader === undefined)
      throw new CommandError(UNKNOWN_FIELD, `BSON field '${field}' is an unknown field.`);
    if (options.has(name))
      throw new CommandError(DUPLICATE_FIELD, `BSON field '${field}' is a duplicate field`);
    options.set(name, read(reader, field));
  };
  for (const element of readElements(message.body))
    add(element.name, (reader, field) =>
      isAbsent(element) ? undefined : reader.read(element, field),
    );
  for (const [name, documents] of message.sequences)
    add(name, (reader, field) => {
      if (reader.readSequence !== undefined) return reader.readSequence(documents);
      throw new CommandError("TypeMismatch", `BSON field '${field}' cannot be a sequence`);
    });
  for (const name of Object.keys(shape))
    if (shape[name]?.isRequired === true && options.get(name) === undefined)
      throw new CommandError(
        MISSING_FIELD,
        `BSON field '${command}.${name}' is missing but a required field`,
      );
  return Object.fromEntries(options) as OptionsOf<S>;
}

function isAbsent({ type }: BsonValue): boolean {
  return type === BsonType.null || type === BsonType.undefined;
}

/** Reads the fields of a document inside a command, as strictly. */
export function readFields<S extends OptionShape>(
  shape: S,
  body: RawDocument,
  name: string,
): OptionsOf<S> {
  return readOptions(shape, { body, sequences: new Map() }, name);
}
