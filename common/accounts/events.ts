import type { OutboxEvent } from "../events/event.js";
import { newEvent } from "../events/outbox.js";
import type { Id } from "../platform/ids.js";

/** The event of a change of an account. @param changes - The names of the fields, never their values: they may be personal. */
export const accountEvent = (ownerId: Id, changes: readonly string[]): OutboxEvent =>
  newEvent({ ownerId, type: "account.updated", changes });
