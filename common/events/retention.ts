import type { EventLogRepository } from "./log-repository.js";

const DAY_MS = 86_400_000;

interface Deps {
  readonly events: EventLogRepository;
  readonly now: () => Date;
  /** `EVENTS_RETENTION_DAYS` */
  readonly eventsRetentionDays: number;
}

/** Removes events that nobody may ask for any more. */
export class EventRetention {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** The oldest of each account first. The newest one stays however old it is, so that numbers never begin again. May be repeated. */
  async sweep(signal: AbortSignal): Promise<void> {
    const { events, now, eventsRetentionDays } = this.#deps;
    const before = new Date(now().getTime() - eventsRetentionDays * DAY_MS);
    for (const ownerId of await events.listOwnersBefore(before)) {
      const keptFrom =
        (await events.firstSince(ownerId, before)) ?? (await events.lastSeq(ownerId));
      while (await events.removeBefore(ownerId, keptFrom)) signal.throwIfAborted();
    }
  }
}
