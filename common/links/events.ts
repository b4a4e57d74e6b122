import type { EventDetails, OutboxEvent } from "../events/event.js";
import { newEvent } from "../events/outbox.js";
import type { Id } from "../platform/ids.js";
import type { LinkDoc } from "./link.js";
import { SHARE_FIELDS } from "./terms.js";

/** The event of a change of a link. */
export function linkEvent(
  { _id: id, ownerId, kind, entryId, entryKind }: LinkDoc,
  type: "link.created" | "link.changed" | "link.revoked",
  about: EventDetails = {},
): OutboxEvent {
  const entry = { id: entryId, kind: entryKind };
  return newEvent({ ownerId, type, link: { id, kind }, entry, ...about });
}

/** A use of a link, as far as its event tells of it. */
interface UseOfLink {
  readonly ownerId: Id;
  readonly linkId: Id;
  readonly kind: "download" | "upload";
  readonly entryId: Id;
  readonly name: string;
}

/** The event of a use of a link. */
export function useEvent({ ownerId, linkId, kind, entryId, name }: UseOfLink): OutboxEvent {
  const about = { link: { id: linkId }, entry: { id: entryId, name }, use: kind };
  return newEvent({ ownerId, type: "link.used", ...about });
}

/** The names of the fields of a change that clients know. */
export const changedTerms = (changes: object): string[] =>
  Object.keys(changes)
    .filter((name) => name !== "removeAt")
    .map((name) => SHARE_FIELDS[name as keyof typeof SHARE_FIELDS] ?? name);
