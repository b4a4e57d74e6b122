import { setTimeout as sleep } from "node:timers/promises";
import { derivedId, type Id } from "../platform/ids.js";
import type { Logger } from "../platform/log.js";
import { type EventDoc, type Outbox, OUTBOXES, type OutboxEvent } from "./event.js";
import type { EventLogRepository } from "./log-repository.js";
import { MOST_LISTED, type OutboxRepository, type WaitingEvents } from "./outbox-repository.js";

const EVENTS_PER_INSERT = 100;

/** Between two tries when another relay writes into the same log, in milliseconds. */
const PAUSE_MS = 5;

/** Told of an account whose log has grown, by the process that has written it. The process may die before. */
export type LogListener = (ownerId: Id) => void;

interface Deps {
  readonly outboxes: OutboxRepository;
  readonly events: EventLogRepository;
  /** Told of accounts whose log has grown, once for each run. They do not throw. */
  readonly listeners: readonly LogListener[];
  /** Writes the events into the account that nobody writes at once. Resolves to whether there is one. */
  readonly check: (ownerId: Id) => Promise<boolean>;
  readonly log: Logger;
}

interface Runs {
  readonly current: Promise<void>;
  /** Begins when the current one has ended, and finds what it may have missed. */
  next?: Promise<void>;
  readonly nextOutboxes: Set<Outbox>;
}

/**
 * Copies events from the documents that they are about into the log of their account. Any number of processes may do it at once, and
 * may die at any moment: see docs/design/events.md.
 */
export class EventRelay {
  readonly #deps: Deps;
  readonly #runs = new Map<Id, Runs>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * When this resolves, the log has all that had happened in an account when it was called.
   *
   * @param outboxes - Where events were written. Default: anywhere.
   */
  run(ownerId: Id, outboxes: Iterable<Outbox> = OUTBOXES): Promise<void> {
    const runs = this.#runs.get(ownerId);
    if (runs === undefined) return this.#start(ownerId, new Set(outboxes));
    for (const outbox of outboxes) runs.nextOutboxes.add(outbox);
    const start = () => this.#start(ownerId, runs.nextOutboxes);
    runs.next ??= runs.current.then(start, start);
    return runs.next;
  }

  /** {@link run}, which does not throw: what fails is left to the sweep. */
  async soon(ownerId: Id, outboxes: Iterable<Outbox>): Promise<void> {
    await this.run(ownerId, outboxes).catch((error: unknown) => {
      this.#deps.log.warn({ err: error }, "Events are left to the sweep");
    });
  }

  /** {@link run} for all accounts. */
  async sweep(signal: AbortSignal): Promise<void> {
    const { outboxes } = this.#deps;
    let ownerId = await outboxes.nextOwner("");
    while (ownerId !== undefined) {
      signal.throwIfAborted();
      await this.run(ownerId);
      ownerId = await outboxes.nextOwner(ownerId);
    }
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    while (this.#runs.size > 0) {
      const running = [...this.#runs.values()].map(({ current }) => current);
      await Promise.allSettled(running);
    }
  }

  #start(ownerId: Id, outboxes: ReadonlySet<Outbox>): Promise<void> {
    const current = this.#relay(ownerId, outboxes).finally(() => {
      if (this.#runs.get(ownerId)?.current === current) this.#runs.delete(ownerId);
    });
    this.#runs.set(ownerId, { current, nextOutboxes: new Set() });
    return current;
  }

  async #relay(ownerId: Id, written: ReadonlySet<Outbox>): Promise<void> {
    const { outboxes, listeners, check } = this.#deps;
    const isTold = await check(ownerId);
    const from = isTold ? new Set([...written, "accounts" as const]) : written;
    let hasGrown = false;
    try {
      for (let isMore = from.size > 0; isMore;) {
        const waiting = await outboxes.list(ownerId, from);
        if (waiting.length === 0) return;
        await this.#write(ownerId, inOrder(waiting));
        hasGrown = true;
        await outboxes.remove(ownerId, waiting);
        isMore = waiting.length >= MOST_LISTED;
      }
    } finally {
      if (hasGrown) for (const tell of listeners) tell(ownerId);
    }
  }

  async #write(ownerId: Id, events: readonly LoggedEvent[]): Promise<void> {
    for (let done = 0; done < events.length; done += EVENTS_PER_INSERT) {
      await this.#append(ownerId, events.slice(done, done + EVENTS_PER_INSERT));
    }
  }

  /** The number after the newest one is free, or another relay takes it first: so no number is left out. */
  async #append(ownerId: Id, given: readonly LoggedEvent[]): Promise<void> {
    const { events } = this.#deps;
    let left = given;
    while (left.length > 0) {
      const last = await events.lastSeq(ownerId);
      const docs = left.map((event, index) => ({ ...event, ownerId, seq: last + 1 + index }));
      if (await events.insert(docs)) return;
      await sleep(PAUSE_MS);
      const known = await events.listKnown(left.map(({ _id }) => _id));
      left = left.filter(({ _id }) => !known.has(_id));
    }
  }
}

type LoggedEvent = Omit<EventDoc, "ownerId" | "seq">;

/** By their time, except that those of a document stay in its order whatever clocks say. */
function inOrder(waiting: readonly WaitingEvents[]): LoggedEvent[] {
  const timed = waiting.flatMap(({ documentId, events }) => {
    let time = 0;
    return events.map((event) => {
      time = Math.max(time, event.at.getTime());
      return { time, event: toLogged(event, documentId) };
    });
  });
  return timed.toSorted((a, b) => a.time - b.time).map(({ event }) => event);
}

function toLogged({ id, isOfMany, ...event }: OutboxEvent, documentId: Id): LoggedEvent {
  return { _id: isOfMany === true ? derivedId(id, documentId) : id, ...event };
}
