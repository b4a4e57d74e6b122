import { newEvent } from "../events/outbox.js";
import type { EventDetails, EventEntry, EventType, OutboxEvent } from "../events/event.js";
import type { Id } from "../platform/ids.js";
import type { Entry, FileEntry } from "./entry.js";

/** What can happen to entries of all kinds. */
export type EntryAct = "created" | "updated" | "moved" | "trashed" | "restored" | "deleted";

/** An entry as its events show it. */
export function eventEntry(entry: Entry): EventEntry {
  const { _id: id, kind, name, parentId: folderId } = entry;
  if (entry.kind !== "file") return { id, kind, name, folderId };
  const { versionId, sizeBytes, type, state } = entry;
  return { id, kind, name, folderId, versionId, sizeBytes: Number(sizeBytes), type, state };
}

/** The event of a change of an entry. Mounts lie in no trash, so there are no events of that. */
export function entryEvent(entry: Entry, act: EntryAct, about: EventDetails = {}): OutboxEvent {
  const type = `${entry.kind}.${act}` as EventType;
  return newEvent({ ownerId: entry.ownerId, type, entry: eventEntry(entry), ...about });
}

/** The event of what was found in the content of a file. What else it says of the file, the relay knows. */
export function inspectionEvent(
  { ownerId, fileId: id, versionId }: { ownerId: Id; fileId: Id; versionId: Id },
  { type, state }: Pick<FileEntry, "type" | "state">,
): OutboxEvent[] {
  if (state === "processing") return [];
  return [newEvent({ ownerId, type: `file.${state}`, entry: { id, versionId, type, state } })];
}

/** A new entry as it is stored. @param more - What its creation is beside that. */
export const withCreation = (entry: Entry, more: readonly OutboxEvent[]): Entry => ({
  ...entry,
  outbox: [entryEvent(entry, "created", { ...uploadOf(entry) }), ...more],
});

const uploadOf = (entry: Entry) =>
  entry.kind === "file" && { upload: { id: entry.createdByUploadId } };

/** What is no field of an entry for clients. */
const STORED_ONLY = new Set(["tagTerms", "trash"]);

/** The names of the fields of a change that clients know. */
export const changedNames = (fields: object): string[] =>
  Object.keys(fields).filter((name) => !STORED_ONLY.has(name));

interface NewPlace {
  readonly parentId: Entry["parentId"];
  readonly name: string;
  readonly changes: Readonly<Record<string, unknown>>;
}

/** The events of a move, which may take an entry out of the trash, or put it back there, and change what its owner says about it. */
export function moveEvents(entry: Entry, { parentId, name, changes }: NewPlace): OutboxEvent[] {
  const { isTrashed, ...rest } = changes;
  const said = changedNames(rest);
  const after = { ...entry, parentId, name };
  const from = { name: entry.name, folderId: entry.parentId };
  const act = isTrashed === false ? "restored" : isTrashed === true ? "trashed" : "moved";
  const isMoved = act !== "moved" || parentId !== entry.parentId || name !== entry.name;
  return [
    ...(isMoved ? [entryEvent(after, act, { from })] : []),
    ...(said.length > 0 ? [entryEvent(after, "updated", { changes: said })] : []),
  ];
}
