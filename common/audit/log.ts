import { ObjectId } from "mongodb";
import type { DeferredWork } from "../platform/deferred-work.js";
import { UnavailableError } from "../platform/errors.js";
import type { Logger } from "../platform/log.js";
import type { AuditEvent } from "./event.js";
import type { Notices } from "./notices.js";
import type { AuditRepository } from "./repository.js";

const DAY_MS = 86_400_000;

interface Deps {
  readonly events: Pick<AuditRepository, "insert">;
  readonly deferred: Pick<DeferredWork, "defer">;
  /** Told of each event; `undefined` where nobody is told by mail. */
  readonly notices?: Pick<Notices, "tell"> | undefined;
  readonly retentionDays: number;
  readonly log: Logger;
  readonly now: () => Date;
}

/** Appends to the audit log, and has the owner of the account told of what may be an attack. */
export class AuditLog {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Appends an event. Does not throw: what it tells of has happened. While MongoDB is away, the event is written as soon as it is back, and
   * stands in the process's log meanwhile.
   */
  async record(event: Omit<AuditEvent, "at">): Promise<void> {
    const { events, notices, deferred, retentionDays, log, now } = this.#deps;
    const at = now();
    const expiresAt = new Date(at.getTime() + retentionDays * DAY_MS);
    const doc = { _id: new ObjectId(), at, expiresAt, ...event };
    try {
      await events.insert(doc);
    } catch (error) {
      const isDeferred = error instanceof UnavailableError;
      const line = { err: error, audit: { at, ...event } };
      log[isDeferred ? "warn" : "error"](line, "An audit event is not written yet");
      if (isDeferred) deferred.defer(() => events.insert(doc));
    }
    await notices?.tell(event);
  }
}
