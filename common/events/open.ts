import type { Db } from "mongodb";
import type { Id } from "../platform/ids.js";
import type { Logger } from "../platform/log.js";
import { Changes } from "./changes.js";
import { EventWork } from "./event-work.js";
import { EventLogRepository } from "./log-repository.js";
import { OutboxRepository } from "./outbox-repository.js";
import { EventRetention } from "./retention.js";
import { RetentionRepository } from "./retention-repository.js";
import type { EventSettings } from "./settings.js";
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

interface RetentionOptions {
  readonly db: Db;
  readonly settings: EventSettings;
  readonly eventLog: EventLogRepository;
  readonly now: () => Date;
}

/** Opens what removes old events. */
export const openRetention = ({ db, settings, eventLog, now }: RetentionOptions) =>
  new EventRetention({ ...settings, events: eventLog, rounds: new RetentionRepository(db), now });

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
