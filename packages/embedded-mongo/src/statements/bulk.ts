import type { Operation } from "../cursors/operation.js";
import { CommandError } from "../errors.js";
import type { Store } from "../storage/store.js";
import type { Transaction } from "../storage/transaction.js";
import { NOTHING_DONE, type Statement, type StatementFailure } from "./statement.js";

export interface BulkOptions {
  readonly store: Store;
  readonly operation: Operation;
  /** The first failure ends the command; else the other statements are carried out all the same. */
  readonly isOrdered: boolean;
}

export interface BulkOutcome {
  readonly failures: readonly StatementFailure[];
  /** How many statements were tried, from the first on, the failed ones included. */
  readonly tried: number;
}

/**
 * Carries out the statements of one command, in order, as many per transaction as there is time for.
 *
 * @returns What came of them. When the disk is full, what was done in the transaction that was lost is not in the
 * results of the statements.
 * @throws CommandError when the command was interrupted.
 */
export async function runBulk(
  statements: readonly Statement[],
  { store, operation, isOrdered }: BulkOptions,
): Promise<BulkOutcome> {
  const bulk = new Bulk(statements, isOrdered);
  while (!bulk.isEnded) {
    operation.check();
    const lost = bulk.mark();
    try {
      await store.write((transaction) => {
        bulk.step(transaction);
      });
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      lost(error);
    }
  }
  return { failures: bulk.failures, tried: bulk.tried };
}

class Bulk {
  readonly failures: StatementFailure[] = [];
  readonly #statements: readonly Statement[];
  readonly #isOrdered: boolean;
  #next = 0;
  #isStopped = false;

  constructor(statements: readonly Statement[], isOrdered: boolean) {
    this.#statements = statements;
    this.#isOrdered = isOrdered;
  }

  get isEnded(): boolean {
    return this.#isStopped || this.#next >= this.#statements.length;
  }

  get tried(): number {
    return this.#next;
  }

  /** @returns What to do when the next transaction is not written. */
  mark(): (error: CommandError) => void {
    const index = this.#next;
    const failures = this.failures.length;
    const result = this.#statements[index]?.result;
    return (error) => {
      for (const [offset, statement] of this.#statements.slice(index, this.#next + 1).entries())
        statement.result = offset === 0 && result !== undefined ? result : NOTHING_DONE;
      this.failures.length = failures;
      this.failures.push({ index, error });
      this.#next = index + 1;
      this.#isStopped = true;
    };
  }

  /** Goes on in a new transaction. */
  step(transaction: Transaction): void {
    do {
      const statement = this.#statements[this.#next];
      if (statement === undefined || !this.#run(statement, transaction)) return;
      this.#next += 1;
    } while (!this.isEnded && !transaction.isOver);
  }

  /** @returns Whether the statement has come to its end, in one way or the other. */
  #run(statement: Statement, transaction: Transaction): boolean {
    try {
      return statement.step(transaction);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      this.failures.push({ index: this.#next, error });
      this.#isStopped = this.#isOrdered;
      return true;
    }
  }
}
