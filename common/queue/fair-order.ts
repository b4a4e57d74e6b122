import type { Id } from "../platform/ids.js";

/** The places of jobs that people wait for. Those of background work come after all of them. */
const PLACES = 1_000_000;

/** Of so many accounts, those that queued something last, the places are known. Any other one begins at the head of the queue. */
const MOST_OWNERS = 10_000;

/** What is done before all that has a place. */
export const FIRST_PRIORITY = 1;

/** Whether people wait for what a process queues. */
export type Urgency = "interactive" | "background";

/**
 * Decides who is next among accounts that all have jobs waiting (start-time fair queueing): every account gets a place behind its own last job,
 * but never before the head of the queue. So the accounts take turns, one job each, however many one of them has queued. Within an account the
 * order stays.
 *
 * Each process counts the places of what it queues by itself. So an account that uploads through two processes gets two turns.
 */
export class FairOrder {
  readonly #firstPriority: number;
  readonly #nextByOwner = new Map<Id, number>();
  #head = 0;

  constructor(urgency: Urgency) {
    this.#firstPriority = FIRST_PRIORITY + (urgency === "interactive" ? 0 : PLACES);
  }

  /**
   * The priority of the next job of an owner; lower ones are done first. It is at least 1, and at most 2,000,000. The end of the scale
   * is reached when one account has a million jobs waiting. From then on they are done as they come.
   *
   * @param ownerId - `undefined` for what belongs to no account: it goes to the head of the queue.
   */
  next(ownerId: Id | undefined): number {
    const own = ownerId === undefined ? undefined : this.#nextByOwner.get(ownerId);
    const place = Math.min(Math.max(this.#head, own ?? 0), PLACES - 1);
    if (ownerId !== undefined) this.#keep(ownerId, place + 1);
    return this.#firstPriority + place;
  }

  /** Says which priority is done next; `undefined` when nothing waits. */
  advance(priority: number | undefined): void {
    const head = priority === undefined ? undefined : priority - this.#firstPriority;
    // Background work waits alone, or interactive work is before it.
    if (head === undefined || head >= PLACES) {
      this.#head = 0;
      this.#nextByOwner.clear();
    } else if (head >= 0) this.#head = head;
  }

  #keep(ownerId: Id, next: number): void {
    // A map lists first what was put into it first.
    this.#nextByOwner.delete(ownerId);
    this.#nextByOwner.set(ownerId, next);
    const [longestAgo = ownerId] = this.#nextByOwner.keys();
    if (this.#nextByOwner.size > MOST_OWNERS) this.#nextByOwner.delete(longestAgo);
  }
}
