/** A stretch of work after which others get their turn. */
export interface Turn {
  readonly isOver: boolean;
}

/** Instead of a result: the turn is over, and the end was not reached. */
export const PAUSE = Symbol("pause");
