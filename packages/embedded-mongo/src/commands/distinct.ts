import { ArrayBuilder } from "../bson/array-builder.js";
import { getField, type RawDocument, readValues } from "../bson/document.js";
import { encodeValue } from "../bson/encode.js";
import { parsePath, type PathPart } from "../bson/path.js";
import { BsonType } from "../bson/type.js";
import { type BsonValue, objectValue } from "../bson/value.js";
import { CommandError } from "../errors.js";
import { PAUSE } from "../turn.js";
import { type CommandContext, defineCommand, namespaceOf, rawReply } from "./command.js";
import { MAX_DOCUMENT_BYTES } from "./limits.js";
import {
  collectionName,
  document,
  hint,
  required,
  simpleCollation,
  text,
} from "./option-readers.js";
import { type Query, readFilter, runQuery } from "./query.js";

export const DISTINCT_OPTIONS = {
  distinct: collectionName,
  key: required(text),
  query: document,
  hint,
  collation: simpleCollation,
};

const TOO_BIG = 17217;

export const distinct = defineCommand({
  name: "distinct",
  options: DISTINCT_OPTIONS,
  run: async (context, options) => {
    const filter = await context.operation.run(readFilter(options.query));
    const query = { filter, hint: options.hint };
    const namespace = namespaceOf(context, options.distinct);
    const values = new DistinctValues(options.key);
    await collect(context, { namespace, query, values });
    return rawReply([["values", values.list.finish()]]);
  },
});

async function collect(
  { store, operation }: CommandContext,
  { namespace, query, values }: { namespace: string; query: Query; values: DistinctValues },
): Promise<void> {
  const { source } = runQuery(store, namespace, query);
  for (let next = source.next(operation); next !== undefined; next = source.next(operation)) {
    if (next !== PAUSE) values.add(next);
    else {
      source.release();
      await operation.pause();
    }
  }
}

/** The different values at one path of many documents; arrays stand for their elements. */
class DistinctValues {
  readonly list = new ArrayBuilder();
  readonly #parts: readonly PathPart[];
  readonly #seen = new Set<string>();

  constructor(path: string) {
    this.#parts = parsePath(path);
  }

  add(document: RawDocument): void {
    for (const value of valuesAt(objectValue(document), this.#parts, 0)) this.#addValue(value);
  }

  #addValue(value: BsonValue): void {
    const key = encodeValue(value).toString("latin1");
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.list.add(value);
    if (this.list.sizeBytes > MAX_DOCUMENT_BYTES)
      throw new CommandError(TOO_BIG, "distinct too big, 16mb cap");
  }
}

function valuesAt(value: BsonValue, parts: readonly PathPart[], at: number): BsonValue[] {
  const part = parts[at];
  if (part === undefined) return value.type === BsonType.array ? readValues(value.bytes) : [value];
  if (value.type === BsonType.object) {
    const field = getField(value.bytes, part.key);
    return field === undefined ? [] : valuesAt(field, parts, at + 1);
  }
  if (value.type !== BsonType.array) return [];
  const elements = readValues(value.bytes);
  const named = part.index < 0 ? undefined : elements[part.index];
  return [
    ...(named === undefined ? [] : valuesAt(named, parts, at + 1)),
    ...elements
      .filter(({ type }) => type === BsonType.object)
      .flatMap((element) => valuesAt(element, parts, at)),
  ];
}
