import type { Id } from "../platform/ids.js";
import { BY_ITSELF, withCause, type Work } from "./cause.js";
import type { EventRelay } from "./relay.js";

interface Deps {
  readonly relay: Pick<EventRelay, "soon" | "run">;
  /** The database's time. */
  readonly now: () => Date;
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
    const owners = new Set(ownerId === undefined ? [] : [ownerId]);
    const wrote = (id: Id) => void owners.add(id);
    try {
      return await this.caused({ cause: () => BY_ITSELF, wrote }, work);
    } finally {
      await Promise.all([...owners].map((id) => relay.soon(id)));
    }
  }

  /** Does something for a cause. Whoever asks for it relays the events. */
  caused<T>(work: Omit<Work, "now">, run: () => T): T {
    return withCause({ ...work, now: this.#deps.now }, run);
  }
}
