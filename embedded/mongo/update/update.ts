import type { ObjectId } from "bson";
import type { RawDocument } from "../bson/document.js";
import type { BsonValue } from "../bson/value.js";
import type { Filter, MatchDetails } from "../query/filter.js";

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

export interface Update {
  /** A whole new document instead of operators. */
  readonly isReplacement: boolean;
  /**
   * Applies the update to a stored document; untouched fields keep their bytes.
   *
   * @param match - Filled by `filter.matches`; the positional `$` needs it.
   * @throws CommandError: 2, 14, 28 (PathNotViable), 66 (ImmutableField: `_id` would change), 10334 (over 16 MiB).
   */
  apply(document: RawDocument, context: UpdateContext, match?: MatchDetails): UpdateResult;
  /**
   * The document that an upsert inserts: the filter's equalities, then the update with `$setOnInsert`, `_id` first.
   *
   * @param newId - Called when neither the filter nor the update gives an `_id`.
   */
  upsert(filter: Filter, context: UpdateContext, newId: () => ObjectId): RawDocument;
}

/**
 * Compiles the `u` of an update statement or the `update` of findAndModify.
 *
 * @param update - A value of type object (operators or a replacement); an array (a pipeline) is refused with 9.
 * @throws CommandError: 9 (FailedToParse: unknown operator), 40 (ConflictingUpdateOperators), 52, 56, 14, 2.
 */
export declare function compileUpdate(update: BsonValue): Update;
