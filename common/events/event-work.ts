import type { Id } from "../platform/ids.js";
import { BY_ITSELF, withCause, type Work } from "./cause.js";
import type { Outbox } from "./event.js";
import type { EventRelay } from "./relay.js";

interface Deps {
  readonly relay: Pick<EventRelay, "soon" | "run">;
  /** The database's time. */
  readonly now: () => Date;
}

/** Where the events of some work were written, by account. */
export class WrittenOutboxes {
  readonly all = new Map<Id, Set<Outbox>>();

  /** @returns Those of an account. */
  addOwner(ownerId: Id): Set<Outbox> {
    const outboxes = this.all.get(ownerId) ?? new Set();
    this.all.set(ownerId, outboxes);
    return outboxes;
  }
}

/** Does work that makes events. */
export class EventWork {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Does something by itself. When it is over, its events are in the log.
   *
   * @param ownerId - Whose account it is about, if that is known.
   */
  async run<T>(work: () => Promise<T>, ownerId?: Id): Promise<T> {
    const { relay } = this.#deps;
    const written = new WrittenOutboxes();
    if (ownerId !== undefined) written.addOwner(ownerId);
    const wrote: Work["wrote"] = (id, outbox) => void written.addOwner(id).add(outbox);
    try {
      return await this.caused({ cause: () => BY_ITSELF, wrote }, work);
    } finally {
      await Promise.all([...written.all].map(([id, outboxes]) => relay.soon(id, outboxes)));
    }
  }

  /** Runs some work with a cause. The caller relays the events. */
  caused<T>(work: Omit<Work, "now">, run: () => T): T {
    return withCause({ ...work, now: this.#deps.now }, run);
  }
}
