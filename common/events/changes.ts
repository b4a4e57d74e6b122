import type { Id } from "../platform/ids.js";
import { ChangesExpiredError } from "./errors.js";
import type { EventDoc } from "./event.js";
import type { EventLogRepository } from "./log-repository.js";
import type { EventRelay } from "./relay.js";

interface Deps {
  readonly events: Pick<EventLogRepository, "lastSeq" | "list">;
  readonly relay: Pick<EventRelay, "run">;
}

/** What to read of a log. */
export interface ChangesQuery {
  /** The number of the last event that the client knows; 0 for none. */
  readonly since: number;
  /** At most so many events, 1 to 1,000. */
  readonly limit: number;
}

/** Events in their order. */
export interface ChangesPage {
  readonly items: readonly EventDoc[];
  /** What to ask for next. */
  readonly nextSince: number;
  readonly hasMore: boolean;
}

/** Reads the log of an account. */
export class Changes {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** The number of the newest event, after all that has happened so far; 0 for none. */
  async now(ownerId: Id): Promise<number> {
    await this.#deps.relay.run(ownerId);
    return this.#deps.events.lastSeq(ownerId);
  }

  /**
   * What has happened behind a number, without gaps, all that the client has done itself included.
   *
   * @throws ChangesExpiredError when events behind it were removed, and when no event has the number yet.
   */
  async read(ownerId: Id, query: ChangesQuery): Promise<ChangesPage> {
    await this.#deps.relay.run(ownerId);
    return this.readLog(ownerId, query);
  }

  /** The number of the newest event that is in the log already; 0 for none. */
  lastSeq(ownerId: Id): Promise<number> {
    return this.#deps.events.lastSeq(ownerId);
  }

  /** {@link read}, without what is not in the log yet. */
  async readLog(ownerId: Id, { since, limit }: ChangesQuery): Promise<ChangesPage> {
    const { events } = this.#deps;
    const found = await events.list(ownerId, since, limit + 1);
    const isWhole = found.every(({ seq }, index) => seq === since + 1 + index);
    if (!isWhole) throw new ChangesExpiredError(since);
    const isAhead = found.length === 0 && since > (await events.lastSeq(ownerId));
    if (isAhead) throw new ChangesExpiredError(since);
    const items = found.slice(0, limit);
    return {
      items,
      nextSince: items.at(-1)?.seq ?? since,
      hasMore: found.length > limit,
    };
  }
}
