import type { Db } from "mongodb";
import type { Id } from "../platform/ids.js";
import type { Logger } from "../platform/log.js";
import { Changes } from "./changes.js";
import { EventWork } from "./event-work.js";
import { EventLogRepository } from "./log-repository.js";
import { OutboxRepository } from "./outbox-repository.js";
import { EventRelay, type LogListener } from "./relay.js";

interface Options {
  readonly db: Db;
  /** Who is told when this process has written events into a log. Default: nobody. */
  readonly listeners?: readonly LogListener[];
  /** Writes the events that no change writes. */
  readonly quotaWatch: { check(ownerId: Id): Promise<boolean> };
  readonly log: Logger;
  readonly now: () => Date;
}

/** Opens the log of what happens in accounts. */
export function openEvents({ db, quotaWatch, listeners = [], log, now }: Options) {
  const check = (ownerId: Id) => quotaWatch.check(ownerId);
  const eventLog = new EventLogRepository(db);
  const outboxes = new OutboxRepository(db);
  const eventRelay = new EventRelay({ outboxes, events: eventLog, listeners, check, log });
  return {
    eventLog,
    eventRelay,
    eventWork: new EventWork({ relay: eventRelay, now }),
    changeLog: new Changes({ events: eventLog, relay: eventRelay }),
  };
}
