import type { FsckEventsRepository } from "./events-repository.js";
import type { Check, Finding } from "./finding.js";

/** Every log of events belongs to an account, and has no gaps. */
export class EventsCheck implements Check {
  readonly name = "events";
  readonly #events: FsckEventsRepository;

  constructor(events: FsckEventsRepository) {
    this.#events = events;
  }

  count(): Promise<number> {
    return this.#events.count();
  }

  keysAfter(after: string | null, limit: number): Promise<string[]> {
    return this.#events.ownersAfter(after, limit);
  }

  async inspect(key: string): Promise<Finding[]> {
    const log = await this.#events.find(key);
    if (log === undefined) return [];
    const about = { id: key, ownerId: key };
    const { hasAccount, firstSeq, lastSeq, count } = log;
    if (!hasAccount) {
      const text = `${count} events are left of an account that is not there`;
      return [{ ...about, kind: "events-without-account", text }];
    }
    // The oldest are removed in their order, also meanwhile: what looks wrong is looked at again.
    const missing = lastSeq - firstSeq + 1 - count;
    if (missing <= 0) return [];
    const text = `${missing} events between ${firstSeq} and ${lastSeq} are missing`;
    return [{ ...about, kind: "missing-event", text }];
  }

  async repair(key: string, { kind }: Finding): Promise<string | undefined> {
    if (kind !== "events-without-account") return undefined;
    await this.#events.removeLog(key);
    return "the events were removed";
  }
}
