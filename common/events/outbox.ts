import { type Id, newId } from "../platform/ids.js";
import { currentCause, noteEvent } from "./cause.js";
import { type EventDetails, type EventType, outboxOf, type OutboxEvent } from "./event.js";

interface NewEvent extends EventDetails {
  /** Whose log it will be in. */
  readonly ownerId: Id;
  readonly type: EventType;
  /** Whether one update writes it into many documents. */
  readonly isOfMany?: true;
}

/** An event of the change that is about to be written, caused by the request or job that runs. */
export function newEvent({ ownerId, type, ...about }: NewEvent): OutboxEvent {
  const at = noteEvent(ownerId, outboxOf(type));
  return { id: newId(), type, at, ...currentCause(), ...about };
}

/** What goes into the `$push` of the update that makes the change. */
export const toOutbox = (events: readonly OutboxEvent[]) => ({ outbox: { $each: [...events] } });
