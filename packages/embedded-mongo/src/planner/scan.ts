import { CommandError } from "../errors.js";
import type { Collection } from "../storage/collection.js";
import type { Environment } from "../storage/environment.js";

/** Where a scan takes place. */
export interface ScanContext {
  readonly environment: Environment;
  readonly collection: Collection;
}

/** Walks over record numbers. Between two calls of `next` in one turn of the event loop nothing changes for it. */
export interface Scan {
  readonly keysExamined: number;
  /**
   * The next record number, or `undefined` at the end.
   * @throws CommandError QueryPlanKilled (175) when the collection or index was dropped or changed its nature.
   */
  next(): number | undefined;
  /** To be called before others get their turn: `next` will then look again at what comes after the last record. */
  release(): void;
}

/** A plan that cannot be followed any more. */
export const QUERY_PLAN_KILLED = 175;

export function planKilled(reason: string): CommandError {
  return new CommandError(QUERY_PLAN_KILLED, reason);
}
