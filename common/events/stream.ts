import { AppError, UnavailableError } from "../platform/errors.js";
import type { Id } from "../platform/ids.js";
import type { Announcements } from "./announcements.js";
import type { Changes } from "./changes.js";
import type { EventDoc } from "./event.js";
import { WakeUp } from "./wake-up.js";

/** So many events of at most some KiB each are in memory for a client. */
const PAGE = 50;

/** In milliseconds. */
export interface StreamTimes {
  /** Nothing is silent for longer. */
  readonly keepAliveMs: number;
  /** Whether the client may still read is asked so often. */
  readonly checkMs: number;
  /** The log is asked so often whether it has grown. */
  readonly pollMs: number;
  /** How long a stream lasts. */
  readonly lifetimeMs: number;
}

interface Deps {
  readonly ownerId: Id;
  readonly changes: Pick<Changes, "now" | "read" | "readLog" | "lastSeq">;
  readonly announcements: Pick<Announcements, "listen">;
  /** Throws when the client may not read any more. */
  readonly requireAllowed: () => Promise<unknown>;
  readonly onEnd: () => void;
  readonly times: StreamTimes;
}

/** What a stream tells: events in their order. None: it is still there. */
export interface StreamPart {
  readonly items: readonly EventDoc[];
  /** Where a client goes on that has read this. */
  readonly seq: number;
}

/** The events of an account, as they happen. It reads no more than is taken from it. */
export class EventStream {
  readonly #deps: Deps;
  readonly #wakeUp = new WakeUp();
  readonly #unlisten: () => void;
  readonly #lastAt = { check: performance.now(), poll: 0, keepAlive: performance.now() };
  readonly #endsAt: number;
  #seq = 0;
  #isOver = false;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#endsAt = performance.now() + deps.times.lifetimeMs;
    this.#unlisten = deps.announcements.listen(deps.ownerId, this.#wakeUp.call);
  }

  /** The number behind which it tells. */
  get seq(): number {
    return this.#seq;
  }

  /** Finds where it begins. @throws ChangesExpiredError */
  async begin(since: number | undefined): Promise<void> {
    const { changes, ownerId } = this.#deps;
    this.#seq = since ?? (await changes.now(ownerId));
    if (since !== undefined) await changes.read(ownerId, { since, limit: 1 });
  }

  /** Ends it. May be called again. */
  end(): void {
    this.#isOver = true;
    this.#unlisten();
    this.#wakeUp.call();
    this.#deps.onEnd();
  }

  /**
   * Tells until it is ended, its time is over, the client may not read any more, or events behind what it has told were removed. While MongoDB is away it
   * tells nothing.
   */
  async *parts(): AsyncGenerator<StreamPart, void, undefined> {
    try {
      for (let isDue = true; !this.#isAtEnd; isDue = await this.#wakeUp.wait(this.#pauseMs)) {
        yield* this.#news(isDue);
        if (this.#isPast("keepAlive")) yield this.#part([]);
      }
    } catch (error) {
      // The client learns the reason when it connects again.
      if (!(error instanceof AppError)) throw error;
    } finally {
      this.end();
    }
  }

  /** @param isDue - Whether the log may have grown. */
  async *#news(isDue: boolean): AsyncGenerator<StreamPart, void, undefined> {
    const { changes, ownerId } = this.#deps;
    let hasMore = (await this.#isStillAllowed()) && (isDue || (await this.#hasGrown()));
    while (hasMore && !this.#isAtEnd) {
      const page = await known(changes.readLog(ownerId, { since: this.#seq, limit: PAGE }));
      this.#lastAt.poll = performance.now();
      if (page === undefined || page.items.length === 0) return;
      this.#seq = page.nextSince;
      yield this.#part(page.items);
      ({ hasMore } = page);
      hasMore &&= await this.#isStillAllowed();
    }
  }

  /** `false`: it is not known. @throws when it is not. */
  async #isStillAllowed(): Promise<boolean> {
    if (!this.#isPast("check")) return true;
    const isKnown = await known(this.#deps.requireAllowed().then(() => true));
    if (isKnown === true) this.#lastAt.check = performance.now();
    return isKnown === true;
  }

  async #hasGrown(): Promise<boolean> {
    if (!this.#isPast("poll")) return false;
    this.#lastAt.poll = performance.now();
    const last = await known(this.#deps.changes.lastSeq(this.#deps.ownerId));
    return last !== undefined && last !== this.#seq;
  }

  #part(items: readonly EventDoc[]): StreamPart {
    this.#lastAt.keepAlive = performance.now();
    return { items, seq: this.#seq };
  }

  get #isAtEnd(): boolean {
    return this.#isOver || performance.now() >= this.#endsAt;
  }

  #isPast(what: "check" | "poll" | "keepAlive"): boolean {
    return performance.now() >= this.#lastAt[what] + this.#deps.times[`${what}Ms`];
  }

  /** Until the next thing is to be done. */
  get #pauseMs(): number {
    const { checkMs, pollMs, keepAliveMs } = this.#deps.times;
    const { check, poll, keepAlive } = this.#lastAt;
    const next = Math.min(check + checkMs, poll + pollMs, keepAlive + keepAliveMs, this.#endsAt);
    return Math.max(next - performance.now(), LEAST_PAUSE_MS);
  }
}

/** While MongoDB is away, it is asked no more often. */
const LEAST_PAUSE_MS = 250;

/** An answer of MongoDB; `undefined` while that is away. */
async function known<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof UnavailableError) return undefined;
    throw error;
  }
}
