import type { AccountActor } from "../access/actor.js";

/** One go at a job. */
export interface Run {
  readonly actor: AccountActor;
  /** Whether there is time for one more entry. */
  readonly isInTime: () => boolean;
}
