import type { Collection, Db, UpdateFilter } from "mongodb";
import type { OutboxEvent } from "../events/event.js";
import { toOutbox } from "../events/outbox.js";
import type { Entry } from "./entry.js";
import { changedNames, entryEvent } from "./events.js";
import type { EntryMetadata } from "./metadata.js";

/** What a change stores; `null` removes a field. */
export type FieldChange = Readonly<
  Partial<Record<keyof EntryMetadata | "modifiedAt" | "isTrashed" | "trash", unknown>>
>;

/** The update that makes a change, with its events. */
export function updateOf(
  fields: Readonly<Record<string, unknown>>,
  events: readonly OutboxEvent[],
): UpdateFilter<Entry> {
  const all = Object.entries(fields);
  const kept = all.filter(([, value]) => value !== null);
  const removed = all.filter(([, value]) => value === null).map(([name]) => [name, 1]);
  return {
    ...(kept.length > 0 && { $set: Object.fromEntries(kept) as object }),
    ...(removed.length > 0 && { $unset: Object.fromEntries(removed) as object }),
    $push: toOutbox(events),
    $inc: { revision: 1 },
  } as UpdateFilter<Entry>;
}

/** Changes of what owners say about their files and folders. */
export class EntryChangesRepository {
  readonly #entries: Collection<Entry>;

  constructor(db: Db) {
    this.#entries = db.collection("entries");
  }

  /** Compare-and-set: resolves to `null` when somebody else changed or removed the entry first. */
  async change<E extends Entry>(entry: E, fields: FieldChange): Promise<E | null> {
    const { _id, ownerId, revision } = entry;
    const events = [entryEvent(entry, "updated", { changes: changedNames(fields) })];
    const changed = await this.#entries.findOneAndUpdate(
      { _id, ownerId, revision, isTrashed: false },
      updateOf(fields, events),
      { returnDocument: "after" },
    );
    // No change makes another kind of an entry.
    return changed as E | null;
  }
}
