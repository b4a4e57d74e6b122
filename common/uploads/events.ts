import type { FileEntry } from "../entries/entry.js";
import { entryEvent, eventEntry } from "../entries/events.js";
import type { OutboxEvent } from "../events/event.js";
import { withActor } from "../events/cause.js";
import { newEvent } from "../events/outbox.js";
import type { UploadDoc } from "./upload.js";

/** What it is for an upload that a file shows its content. No bytes arrive for a copy, so it is nothing. */
export function completionEvents(upload: UploadDoc, file: FileEntry): OutboxEvent[] {
  if (upload.source !== undefined) return [];
  const about = { entry: eventEntry(file), upload: { id: upload._id } };
  return [newEvent({ ownerId: file.ownerId, type: "upload.completed", ...about })];
}

/** What it is for a file that it shows the content of an upload next. */
export function replacementEvents(upload: UploadDoc, file: FileEntry): OutboxEvent[] {
  const about = { changes: ["content"], upload: { id: upload._id } };
  return [entryEvent(file, "updated", about), ...completionEvents(upload, file)];
}

/** Does something on behalf of who uploads, of whom nobody knows any more by which credential. */
export function asUploader<T>({ actorId: id, byLink }: UploadDoc, run: () => T): T {
  const kind = byLink === undefined ? "account" : "link";
  return withActor({ actor: { id, kind, credential: null }, door: "worker" }, run);
}
