/** A stretch of work after which others get their turn. */
export interface Turn {
  readonly isOver: boolean;
}

/** Instead of a result: the turn is over, and the end was not reached. */
export const PAUSE = Symbol("pause");

/** Work that can be interrupted: it yields wherever a rest does no harm, and returns its result. */
export type Steps<T> = Generator<undefined, T, undefined>;

/** Carries out all steps in one go. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Goes on until the turn is over; the result, or {@link PAUSE} when it is to be called again. */
export function advance<T>(steps: Steps<T>, turn: Turn): T | typeof PAUSE {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (turn.isOver) return PAUSE;
  }
}

/** Steps whose result is asked for again and again. */
export class Computation<T> {
  readonly #steps: Steps<T>;
  #done: { readonly result: T } | undefined;

  constructor(steps: Steps<T>) {
    this.#steps = steps;
  }

  /** The result, or {@link PAUSE} when the turn is over before. */
  result(turn: Turn): T | typeof PAUSE {
    if (this.#done !== undefined) return this.#done.result;
    const result = advance(this.#steps, turn);
    if (result !== PAUSE) this.#done = { result };
    return result;
  }
}
