import { CommandError } from "../errors.js";
import { writeCollection, writeCounters } from "./catalogue-store.js";
import type { Collection } from "./collection.js";
import type { Environment } from "./environment.js";

/** How long the work of one transaction may take before the rest waits for the next one, in milliseconds. */
const TRANSACTION_MS = 8;
/** What one transaction may write before the rest waits for the next one. */
const TRANSACTION_BYTES = 16 * 1024 * 1024;
/** Index entries and pages that a document brings along, roughly. */
const OVERHEAD_BYTES = 16 * 1024;

/**
 * A write transaction while its works run. They share it, so a work must check everything that it may refuse
 * before its first write: nothing is undone for one of them alone.
 */
export class Transaction {
  readonly environment: Environment;
  readonly #reserveBytes: number;
  #endsAt = performance.now() + TRANSACTION_MS;
  readonly #touched = new Set<Collection>();
  readonly #afterCommit: (() => void)[] = [];
  #roomBytes: number | undefined;
  #writtenBytes = 0;

  constructor(environment: Environment, reserveBytes: number) {
    this.environment = environment;
    this.#reserveBytes = reserveBytes;
  }

  /** A work that sees this gives up its turn and goes on in a transaction of its own. */
  get isOver(): boolean {
    return performance.now() >= this.#endsAt || this.#writtenBytes >= TRANSACTION_BYTES;
  }

  /**
   * Keeps a reserve free on the disk, without which nothing could be deleted any more: a delete writes pages, too.
   * @throws CommandError OutOfDiskSpace (14031)
   */
  requireRoom(bytes: number): void {
    this.#roomBytes ??= this.environment.roomBytes();
    const room = this.#roomBytes - this.#writtenBytes - bytes;
    if (room < this.#reserveBytes)
      throw new CommandError(
        "OutOfDiskSpace",
        `The disk is full: ${this.#roomBytes} bytes are free, and ${this.#reserveBytes} are kept for deletes`,
      );
  }

  countWritten(bytes: number): void {
    // The first write also looks for free pages, for tens of milliseconds among many holes: the more share that, the better.
    if (this.#writtenBytes === 0) this.#endsAt = performance.now() + TRANSACTION_MS;
    this.#writtenBytes += bytes + OVERHEAD_BYTES;
  }

  /** Says that counters or index states of a collection change in this transaction. */
  touch(collection: Collection): void {
    this.#touched.add(collection);
  }

  afterCommit(action: () => void): void {
    this.#afterCommit.push(action);
  }

  /** Writes what the works left in memory only; the last thing before the commit. */
  finish(): void {
    for (const collection of this.#touched) {
      if (collection.isDropped) continue;
      writeCounters(this.environment.meta, collection);
      if (collection.indexes.some((index) => index.isUnsaved))
        writeCollection(this.environment.meta, collection);
    }
  }

  committed(): void {
    for (const action of this.#afterCommit) action();
  }
}
