import type { EventLogRepository } from "./log-repository.js";
import type { RetentionRepository } from "./retention-repository.js";

const DAY_MS = 86_400_000;

interface Deps {
  readonly events: EventLogRepository;
  readonly rounds: Pick<RetentionRepository, "take">;
  readonly now: () => Date;
  /** `EVENTS_RETENTION_DAYS` */
  readonly eventsRetentionDays: number;
  /** `EVENTS_RETENTION_INTERVAL_SECONDS`, in milliseconds. */
  readonly eventsRetentionIntervalMs: number;
}

/** Removes events that nobody may ask for any more. */
export class EventRetention {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Does a round if one is due, for all processes: the oldest events of each account first. The newest one stays however old it is, so that numbers never
   * begin again. May be repeated. What a broken round has left, the next one does.
   */
  async sweep(signal: AbortSignal): Promise<void> {
    const { events, rounds, now, eventsRetentionDays, eventsRetentionIntervalMs } = this.#deps;
    const at = now();
    const isDue = await rounds.take(at, new Date(at.getTime() + eventsRetentionIntervalMs));
    if (!isDue) return;
    const before = new Date(at.getTime() - eventsRetentionDays * DAY_MS);
    for (const ownerId of await events.listOwnersBefore(before)) {
      const first = await events.firstSince(ownerId, before);
      const keptFrom = first ?? (await events.lastSeq(ownerId));
      while (await events.removeBefore(ownerId, keptFrom)) signal.throwIfAborted();
      if (first === undefined) await events.keepLast(ownerId, keptFrom);
    }
  }
}
