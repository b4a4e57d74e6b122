import { decodeCursor, pageOf } from "../platform/cursor.js";
import type { Id } from "../platform/ids.js";
import type { AuditEvent } from "./event.js";
import { eventId, objectIdOf } from "./event-id.js";
import type { AuditDoc, AuditFilter, AuditRepository } from "./repository.js";

/** An event as it is listed. */
export interface ListedEvent extends AuditEvent {
  readonly id: Id;
}

/** A page of the audit log, the latest first. */
export interface AuditPage {
  readonly items: readonly ListedEvent[];
  /** `null` at the end of the list. */
  readonly nextCursor: string | null;
}

interface Query extends AuditFilter {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Reads the audit log. */
export class AuditListing {
  readonly #events: Pick<AuditRepository, "list">;

  constructor(events: Pick<AuditRepository, "list">) {
    this.#events = events;
  }

  /** @throws InvalidCursorError when the cursor is of another filter. */
  async list({ limit, cursor, ...filter }: Query): Promise<AuditPage> {
    const { accountId, action, from, to } = filter;
    const list = ["audit", accountId, action, from, to];
    const position = cursor === undefined ? undefined : decodeCursor(list, "number", cursor);
    const after = position && { at: new Date(position.value), id: objectIdOf(position.id) };
    const found = await this.#events.list(filter, after, limit + 1);
    return pageOf(found.map(listed), {
      limit,
      list,
      positionOf: ({ at, id }) => ({ value: at.getTime(), id }),
    });
  }
}

function listed(doc: AuditDoc): ListedEvent {
  const { _id, at, action, accountId, actor, target, outcome, reason, client, requestId } = doc;
  const { changes } = doc;
  const id = eventId(_id);
  return { id, at, action, accountId, actor, target, outcome, reason, client, requestId, changes };
}
