import { toOutbox } from "../events/outbox.js";
import type { Change } from "../platform/write.js";
import type { Entry } from "./entry.js";
import { entryEvent } from "./events.js";

/** How an entry is removed: into the trash, or for good. */
export type RemovalMark = Pick<Entry, "trash" | "purgingSince">;

/** It has its parent in the filter's revision: what was moved away meanwhile stays. */
export function removalOf(entry: Entry, mark: RemovalMark): Change<Entry> {
  const { _id, ownerId, revision } = entry;
  const event = entryEvent(entry, mark.trash === null ? "deleted" : "trashed");
  return {
    filter: { _id, ownerId, revision, purgingSince: null },
    update: {
      $set: { ...mark, isTrashed: true },
      $push: toOutbox([event]),
      $inc: { revision: 1 },
    },
  };
}
