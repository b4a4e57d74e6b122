import type { Collection } from "mongodb";

export interface Doc {
  _id: number;
  x?: number;
}

/** A call of the driver's API on a collection that holds {@link START}. */
export interface Call {
  readonly call: string;
  readonly run: (collection: Collection<Doc>) => Promise<unknown>;
  /** Part of the result, or of the error. */
  readonly gives: unknown;
  /** The documents afterwards, when they are not the first three. */
  readonly leaves?: readonly Doc[];
}

export const START: readonly Doc[] = [
  { _id: 1, x: 11 },
  { _id: 2, x: 22 },
  { _id: 3, x: 33 },
];
