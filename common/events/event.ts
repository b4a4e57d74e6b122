import type { Id } from "../platform/ids.js";

/** What can happen. A new kind of event gets a word here, and a line in docs/events.md. */
export const EVENT_TYPES = [
  "account.updated",
  "file.created",
  "file.deleted",
  "file.failed",
  "file.moved",
  "file.quarantined",
  "file.ready",
  "file.restored",
  "file.trashed",
  "file.updated",
  "folder.created",
  "folder.deleted",
  "folder.moved",
  "folder.restored",
  "folder.trashed",
  "folder.updated",
  "link.changed",
  "link.created",
  "link.revoked",
  "link.used",
  "mount.created",
  "mount.deleted",
  "mount.moved",
  "mount.updated",
  "quota.nearly-full",
  "trash.emptied",
  "upload.completed",
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** The collections whose documents keep their events until the log has them. */
export const OUTBOXES = ["entries", "accounts", "links", "linkUses"] as const;
export type Outbox = (typeof OUTBOXES)[number];

/** Where an event is written, unless its document is about to go. */
export function outboxOf(type: EventType): Outbox {
  if (type === "link.used") return "linkUses";
  if (type.startsWith("link.")) return "links";
  return /^(?:account|trash|quota)\./.test(type) ? "accounts" : "entries";
}

/** Where what causes an event came in. `worker`: Stowage did it by itself, after the request or by its schedule. */
export const EVENT_DOORS = [
  "admin",
  "api",
  "batch",
  "by-path",
  "form",
  "job",
  "link",
  "put",
  "tus",
  "worker",
] as const;
export type EventDoor = (typeof EVENT_DOORS)[number];

/** Who caused an event. */
export interface EventActor {
  readonly id: Id;
  readonly kind: "account" | "link";
  /** `null` where it is not known any more. */
  readonly credential: { readonly kind: string; readonly id: string } | null;
}

/** Why something happened. */
export interface Cause {
  /** `null`: nobody in particular; Stowage did it by itself. */
  readonly actor: EventActor | null;
  readonly door: EventDoor;
  /** Of the request, as the log has it; `null` outside of requests. */
  readonly requestId: Id | null;
}

/** An entry, as it was after the event. */
export interface EventEntry {
  readonly id: Id;
  readonly kind?: "file" | "folder" | "mount";
  readonly name?: string;
  readonly folderId?: Id;
  readonly versionId?: Id;
  readonly sizeBytes?: number;
  readonly type?: string | null;
  readonly state?: string;
}

/** What an event is about: only what its type has. */
export interface EventDetails {
  readonly entry?: EventEntry;
  /** Where an entry was before it was moved or restored. */
  readonly from?: { readonly name: string; readonly folderId: Id };
  readonly link?: { readonly id: Id; readonly kind?: string };
  readonly upload?: { readonly id: Id };
  /** What was done by a link. */
  readonly use?: "download" | "upload";
  /** How full an account is. */
  readonly quota?: { readonly usedBytes: number; readonly limitBytes: number };
  /** The names of the fields that have changed; of a new content: `content`. */
  readonly changes?: readonly string[];
}

/** An event that waits in the document that it is about. */
export interface OutboxEvent extends EventDetails, Cause {
  readonly id: Id;
  readonly type: EventType;
  readonly at: Date;
  /** Whether the same update wrote it into many documents: the log gives each its own id. */
  readonly isOfMany?: true;
}

/** What a document has whose changes make events. */
export interface WithOutbox {
  /** What the log does not have yet, in the order of the changes. */
  outbox?: OutboxEvent[];
}

/** A document of `events`: a line of the log of an account. */
export interface EventDoc extends EventDetails, Cause {
  /** Of the event, wherever it is read: it is in the log once. */
  readonly _id: Id;
  readonly ownerId: Id;
  /** 1, 2, 3 … for each account, without gaps. */
  readonly seq: number;
  readonly type: EventType;
  readonly at: Date;
  /** Whether it is old, and stays because it was the newest one. */
  readonly isKept?: true;
}
