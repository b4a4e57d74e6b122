import type { ObjectId } from "bson";
import { equalValues } from "../bson/compare.js";
import {
  EMPTY_DOCUMENT,
  encodeElement,
  getField,
  joinElements,
  readElements,
  type RawDocument,
} from "../bson/document.js";
import { pathsOverlap } from "../bson/path.js";
import { BsonType } from "../bson/type.js";
import { objectIdValue, type BsonValue } from "../bson/value.js";
import { CommandError } from "../errors.js";
import type { Equality, Filter, MatchDetails } from "../query/filter.js";
import { applyToDocument } from "./apply.js";
import { assignPaths } from "./assign.js";
import { compileOperators } from "./compile.js";

const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

/** What an update may know of the world. */
export interface UpdateContext {
  /** The time of the statement: `$currentDate`. */
  readonly now: Date;
}

export interface UpdateResult {
  readonly document: RawDocument;
  /** The bytes differ from the original's (`nModified`). When false, `document` is the original. */
  readonly isChanged: boolean;
}

/** What is done to the document; `position` is what the positional `$` stands for. */
type Change = (
  document: RawDocument,
  options: { now: Date; isInsert: boolean; position?: number | undefined },
) => RawDocument;

/** A compiled update. */
export class Update {
  /** A whole new document instead of operators. */
  readonly isReplacement: boolean;
  readonly #change: Change;

  constructor(isReplacement: boolean, change: Change) {
    this.isReplacement = isReplacement;
    this.#change = change;
  }

  /**
   * Applies the update to a stored document; untouched fields keep their bytes.
   *
   * @param match - Filled by `filter.matches`; the positional `$` needs it.
   * @throws CommandError: 2, 14, 28 (PathNotViable), 66 (ImmutableField: `_id` would change), 10334 (over 16 MiB).
   */
  apply(original: RawDocument, { now }: UpdateContext, match: MatchDetails = {}): UpdateResult {
    const document = this.#change(original, { now, isInsert: false, position: match.position });
    if (document.equals(original)) return { document: original, isChanged: false };
    refuseNewId(original, document);
    refuseLarge(document);
    return { document, isChanged: true };
  }

  /**
   * The document that an upsert inserts: the filter's equalities (of these only `_id` with a replacement), then the
   * update with `$setOnInsert`, `_id` first.
   *
   * @param newId - Called when neither the filter nor the update gives an `_id`.
   */
  upsert(filter: Filter, { now }: UpdateContext, newId: () => ObjectId): RawDocument {
    const { equalities } = filter;
    const kept = this.isReplacement ? equalities.filter(({ path }) => path === "_id") : equalities;
    const seed = documentOf(kept);
    const document = this.#change(seed, { now, isInsert: true });
    refuseNewId(seed, document);
    const complete = withIdFirst(document, newId);
    refuseLarge(complete);
    return complete;
  }
}

/**
 * Compiles the `u` of an update statement or the `update` of findAndModify.
 *
 * @param update - A value of type object (operators or a replacement); an array (a pipeline) is refused with 9.
 * @throws CommandError: 9 (FailedToParse: unknown operator), 40 (ConflictingUpdateOperators), 52, 56, 14, 2.
 */
export function compileUpdate(update: BsonValue): Update {
  if (update.type === BsonType.array) {
    throw new CommandError(
      "FailedToParse",
      "Updates by aggregation pipeline are not supported here",
    );
  }
  if (update.type !== BsonType.object) {
    throw new CommandError("FailedToParse", "Update argument must be either an object or an array");
  }
  const [first] = readElements(update.bytes);
  if (first?.name.startsWith("$") !== true) return compileReplacement(update.bytes);
  const tree = compileOperators(update.bytes);
  return new Update(false, (original, { now, isInsert, position }) =>
    applyToDocument(original, tree, { original, now, isInsert, position }),
  );
}

function compileReplacement(replacement: RawDocument): Update {
  const elements = readElements(replacement);
  const dollar = elements.find(({ name }) => name.startsWith("$"));
  if (dollar) {
    throw new CommandError(
      "DollarPrefixedFieldName",
      `The dollar ($) prefixed field '${dollar.name}' in '${dollar.name}' is not allowed in the context of an update's replacement document.`,
    );
  }
  const others = elements.filter(({ name }) => name !== "_id").map(({ raw }) => raw);
  const given = getField(replacement, "_id");
  return new Update(true, (original) => {
    const id = getField(original, "_id");
    const isSame = id !== undefined && given !== undefined && equalValues(id, given);
    const kept = isSame ? id : (given ?? id);
    return joinElements(kept ? [encodeElement("_id", kept), ...others] : others);
  });
}

function refuseNewId(before: RawDocument, after: RawDocument): void {
  const old = getField(before, "_id");
  if (old === undefined) return;
  const current = getField(after, "_id");
  if (current?.type === old.type && current.bytes.equals(old.bytes)) return;
  throw new CommandError(
    "ImmutableField",
    "Performing an update on the path '_id' would modify the immutable field '_id'",
  );
}

function refuseLarge(document: RawDocument): void {
  if (document.length <= MAX_DOCUMENT_BYTES) return;
  throw new CommandError(
    "BSONObjectTooLarge",
    `Resulting document after update is larger than ${MAX_DOCUMENT_BYTES} bytes`,
  );
}

function documentOf(equalities: readonly Equality[]): RawDocument {
  for (const [index, { path }] of equalities.entries()) {
    const twin = equalities.slice(0, index).find((other) => pathsOverlap(other.path, path));
    if (twin) {
      throw new CommandError(
        "NotSingleValueField",
        `cannot infer query fields to set, path '${path}' is matched twice`,
      );
    }
  }
  return assignPaths(EMPTY_DOCUMENT, equalities);
}

function withIdFirst(document: RawDocument, newId: () => ObjectId): RawDocument {
  const elements = readElements(document);
  const id = elements.find(({ name }) => name === "_id");
  const first = id?.raw ?? encodeElement("_id", objectIdValue(newId()));
  return joinElements([
    first,
    ...elements.filter((element) => element !== id).map(({ raw }) => raw),
  ]);
}
