import type { BsonValue } from "../bson/value.js";
import type { CommandError } from "../errors.js";
import type { Transaction } from "../storage/transaction.js";

/**
 * One insert, update or delete while it is carried out. It may need several transactions, because none lasts longer
 * than some milliseconds; what it does to one document is always done in one of them.
 */
export interface Statement {
  /** What was done so far; replaced, never changed, so that an earlier one can be put back. */
  result: StatementResult;
  /**
   * Goes on until it is done or the transaction is over.
   * @returns Whether it is done.
   * @throws CommandError when it ends here; documents that were changed before stay changed, as in MongoDB.
   */
  step(transaction: Transaction): boolean;
}

export interface StatementResult {
  /** Documents that were inserted, matched or deleted. */
  readonly n: number;
  /** Of those that were matched: really changed. */
  readonly modified: number;
  /** The `_id` of the document that an upsert inserted. */
  readonly upsertedId?: BsonValue | undefined;
}

export const NOTHING_DONE: StatementResult = { n: 0, modified: 0 };

/** A statement of a command that failed, by its position. */
export interface StatementFailure {
  readonly index: number;
  readonly error: CommandError;
}
