import type { Db } from "mongodb";
import type { Id } from "../platform/ids.js";
import type { Logger } from "../platform/log.js";
import { Changes } from "./changes.js";
import { EventWork } from "./event-work.js";
import { EventLogRepository } from "./log-repository.js";
import { OutboxRepository } from "./outbox-repository.js";
import { EventRelay } from "./relay.js";

interface Options {
  readonly db: Db;
  /** As `EventRelay` has it. Default: nothing. */
  readonly announce?: (ownerId: Id) => void;
  /** Writes the events that no change writes. */
  readonly quotaWatch: { check(ownerId: Id): Promise<boolean> };
  readonly log: Logger;
  readonly now: () => Date;
}

/** Opens the log of what happens in accounts. */
export function openEvents({ db, quotaWatch, announce = () => undefined, log, now }: Options) {
  const check = (ownerId: Id) => quotaWatch.check(ownerId);
  const eventLog = new EventLogRepository(db);
  const outboxes = new OutboxRepository(db);
  const eventRelay = new EventRelay({ outboxes, events: eventLog, announce, check, log });
  return {
    eventLog,
    eventRelay,
    eventWork: new EventWork({ relay: eventRelay, now }),
    changeLog: new Changes({ events: eventLog, relay: eventRelay }),
  };
}
