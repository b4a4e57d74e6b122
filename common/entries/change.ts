import { isDeepStrictEqual } from "node:util";
import { NotFoundError, PreconditionFailedError } from "../platform/errors.js";
import type { EntryChangesRepository, FieldChange } from "./changes-repository.js";
import type { Entry, FileEntry } from "./entry.js";
import { changedMetadata, type MetadataChange } from "./metadata.js";
import type { EntriesRepository } from "./repository.js";

/** What to change of a folder. */
export type FolderChange = MetadataChange;

/** What to change of a file. */
export interface FileChange extends MetadataChange {
  /** When the content was made; `null` for when it was stored. */
  readonly modifiedAt?: Date | null | undefined;
}

interface Deps {
  readonly entries: Pick<EntriesRepository, "findLive">;
  readonly changes: EntryChangesRepository;
}

interface Change<E extends Entry> {
  readonly change: FileChange;
  /** Whether the entry is still as the request expects it to be. */
  readonly isExpected: (entry: E) => boolean;
}

/**
 * Changes an entry, if it is as the request expects. When another request changes it meanwhile, both are asked again of the entry as it
 * is then. A change that changes nothing writes nothing.
 *
 * @throws NotFoundError when the entry was deleted meanwhile.
 * @throws PreconditionFailedError
 * @throws InvalidRequestError when the entry would have too many properties.
 */
export async function changeEntry<E extends Entry>(
  { entries, changes }: Deps,
  entry: E,
  { change, isExpected }: Change<E>,
): Promise<E> {
  let current = entry;
  for (;;) {
    if (!isExpected(current)) throw new PreconditionFailedError();
    const fields = changedFields(current, change);
    if (Object.keys(fields).length === 0) return current;
    const changed = await changes.change(current, fields);
    if (changed !== null) return changed;
    const found = await entries.findLive(entry.ownerId, entry._id);
    if (found?.kind !== entry.kind) throw new NotFoundError(entry.kind);
    // It has the kind of the entry.
    current = found as E;
  }
}

/** What a change makes of an entry: only what is other than before. */
export function changedFields(entry: Entry, change: FileChange): FieldChange {
  const fields = {
    ...changedMetadata(entry, change),
    ...(change.modifiedAt !== undefined &&
      entry.kind === "file" && { modifiedAt: change.modifiedAt ?? storedAt(entry) }),
  };
  const before: Readonly<Record<string, unknown>> = { ...entry };
  const changed = Object.entries(fields).filter(
    ([name, value]) => !isDeepStrictEqual(before[name] ?? null, value),
  );
  return Object.fromEntries(changed);
}

/** When the content that a file shows was stored. */
const storedAt = ({ updatedAt }: FileEntry) => updatedAt;
