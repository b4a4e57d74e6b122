import { type Policy, type Standing, WINDOW_SECONDS } from "./policy.js";

const WINDOW_MS = WINDOW_SECONDS * 1000;

/** A process tells the others of its requests when they are this share of the limit. */
const BATCHES = 20;

/** Between two questions that were not answered, or that only ask whether a limit still holds, in milliseconds. */
const PAUSE_MS = 1000;

/** Each takes some 200 bytes. Of more subjects than this, those that were new first are counted anew. */
const MOST_SUBJECTS = 100_000;

/** What all processes have counted together. */
export interface SharedCounts {
  /**
   * Adds requests, which may be none.
   *
   * @returns how many there are in the window, and when it ends, in milliseconds from now. Rejects when Redis does not answer.
   */
  add(key: string, count: number): Promise<{ readonly total: number; readonly endsInMs: number }>;
}

interface Deps {
  readonly policy: Policy;
  readonly shared: SharedCounts;
  /** A clock that nobody sets, in milliseconds. */
  readonly clock: () => number;
}

interface Window {
  /** All requests that this process knows of. */
  total: number;
  /** Those of them that the other processes do not know of. */
  untold: number;
  endsAt: number;
  isAsking: boolean;
  /** Not before this is anything asked. */
  asksFrom: number;
}

/**
 * Counts the requests of each subject, for one policy. A request is counted in memory, and waits for nothing. What a process has counted it adds
 * to the common count in Redis in batches of a twentieth of the limit, and learns from the answer what the others have counted. So processes
 * may together let through a twentieth of the limit each more. A client that is far from its limit costs Redis nothing.
 * While Redis is away, each process counts alone.
 */
export class WindowCounter {
  readonly policy: Policy;
  readonly #deps: Deps;
  readonly #batch: number;
  readonly #windows = new Map<string, Window>();

  constructor(deps: Deps) {
    this.policy = deps.policy;
    this.#deps = deps;
    this.#batch = Math.max(1, Math.floor(deps.policy.limit / BATCHES));
  }

  /** Counts a request, unless it is one too many. @param now - What the clock says. */
  count(subject: string, now: number): Standing {
    const { policy } = this.#deps;
    const window = this.#windowOf(subject, now);
    const isExceeded = window.total >= policy.limit;
    if (!isExceeded) {
      window.total += 1;
      window.untold += 1;
    }
    if (window.untold >= this.#batch || isExceeded) this.#ask(subject, window, now);
    // Fractions of a millisecond would make 61 seconds of 60.
    return {
      policy,
      isExceeded,
      remaining: Math.max(0, policy.limit - window.total),
      resetSeconds: Math.max(1, Math.ceil(Math.round(window.endsAt - now) / 1000)),
    };
  }

  #windowOf(subject: string, now: number): Window {
    const current = this.#windows.get(subject);
    if (current !== undefined && current.endsAt > now) return current;
    // Put at the end: the first are the oldest.
    this.#windows.delete(subject);
    this.#dropOld(now);
    const endsAt = now + WINDOW_MS;
    const window = { total: 0, untold: 0, endsAt, isAsking: false, asksFrom: 0 };
    this.#windows.set(subject, window);
    return window;
  }

  #dropOld(now: number): void {
    for (const [subject, { endsAt }] of this.#windows) {
      if (endsAt > now && this.#windows.size < MOST_SUBJECTS) return;
      this.#windows.delete(subject);
    }
  }

  #ask(subject: string, window: Window, now: number): void {
    if (window.isAsking || now < window.asksFrom) return;
    const { policy, shared, clock } = this.#deps;
    const told = window.untold;
    window.untold = 0;
    window.isAsking = true;
    shared
      .add(`${policy.name}:${subject}`, told)
      .then(
        ({ total, endsInMs }) => {
          // Redis may have been wiped: then there were fewer.
          window.total = total + window.untold;
          window.endsAt = clock() + Math.min(endsInMs, WINDOW_MS);
          if (told === 0) window.asksFrom = clock() + PAUSE_MS;
        },
        () => {
          window.untold += told;
          window.asksFrom = clock() + PAUSE_MS;
        },
      )
      .finally(() => {
        window.isAsking = false;
        // What was counted meanwhile.
        if (window.untold >= this.#batch) this.#ask(subject, window, clock());
      });
  }
}
