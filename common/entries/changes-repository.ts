import type { Collection, Db, UpdateFilter } from "mongodb";
import type { Entry } from "./entry.js";
import type { EntryMetadata } from "./metadata.js";

/** What a change stores; `null` removes a field. */
export type FieldChange = Readonly<
  Partial<Record<keyof EntryMetadata | "modifiedAt" | "isTrashed" | "trash", unknown>>
>;

/** The update that makes a change. */
export function updateOf(fields: Readonly<Record<string, unknown>>): UpdateFilter<Entry> {
  const all = Object.entries(fields);
  const kept = all.filter(([, value]) => value !== null);
  const removed = all.filter(([, value]) => value === null).map(([name]) => [name, 1]);
  return {
    ...(kept.length > 0 && { $set: Object.fromEntries(kept) as object }),
    ...(removed.length > 0 && { $unset: Object.fromEntries(removed) as object }),
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
  async change<E extends Entry>(
    { _id, ownerId, revision }: E,
    fields: FieldChange,
  ): Promise<E | null> {
    const changed = await this.#entries.findOneAndUpdate(
      { _id, ownerId, revision, isTrashed: false },
      updateOf(fields),
      { returnDocument: "after" },
    );
    // No change makes another kind of an entry.
    return changed as E | null;
  }
}
