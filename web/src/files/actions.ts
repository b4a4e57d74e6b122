import { ask } from "../http/api.js";
import { say } from "../parts/toasts.js";
import { faultText } from "../words/problems.js";
import { actionWords } from "./action-words.js";
import type { Entry, FolderEntry } from "./entry.js";
import { changed } from "./refreshing.js";

/** The most that `POST /batch` takes. */
const BATCH = 1000;

interface Refusal {
  readonly status: number;
  readonly problem: { readonly title: string; readonly detail?: string };
}

type Result = { readonly status: number } | Refusal;

/** One of the operations of `POST /batch`, for one entry. */
type Operation = Readonly<Record<string, string | boolean | readonly string[]>>;

const isRefusal = (result: Result): result is Refusal => "problem" in result;

/** Does something to many entries, shows the lists as they are then, and says what was refused. @returns How many were not. */
async function apply(ids: readonly string[], operation: Operation): Promise<readonly string[]> {
  const done: string[] = [];
  const refusals: Refusal[] = [];
  for (let at = 0; at < ids.length; at += BATCH) {
    const some = ids.slice(at, at + BATCH);
    const body = { operations: some.map((id) => ({ ...operation, id })) };
    const { items } = await ask<{ items: readonly Result[] }>("POST", "/batch", { body });
    items.forEach((result, n) => {
      if (isRefusal(result)) refusals.push(result);
      else done.push(some[n] ?? "");
    });
  }
  changed();
  const [first] = refusals;
  if (first !== undefined) {
    const reason = first.problem.detail ?? first.problem.title;
    say(actionWords.value.refused(refusals.length, reason), { isFault: true });
  }
  return done;
}

/** Runs what somebody has started, and says what goes wrong. */
export async function attempt(run: () => Promise<unknown>): Promise<void> {
  await run().catch((error: unknown) => {
    say(faultText(error), { isFault: true });
  });
}

const idsOf = (entries: readonly Entry[]) => entries.map(({ id }) => id);

/** Puts entries into the trash, and offers to take them out again. Mounts are removed: what they lead to stays. @throws Problem */
export async function remove(entries: readonly Entry[]): Promise<void> {
  const t = actionWords.value;
  const mounts = new Set(idsOf(entries.filter(({ kind }) => kind === "mount")));
  const removed = await apply(idsOf(entries), { op: "delete" });
  const restorable = removed.filter((id) => !mounts.has(id));
  if (removed.length === 0) return;
  say(t.removed(removed.length), {
    ...(restorable.length > 0 && {
      action: {
        label: t.undo,
        run: () => void attempt(() => apply(restorable, { op: "restore" })),
      },
    }),
  });
}

/** Takes items out of the trash, to where they were. @throws Problem */
export async function restore(entries: readonly Entry[]): Promise<void> {
  const restored = await apply(idsOf(entries), { op: "restore" });
  if (restored.length > 0) say(actionWords.value.restored(restored.length));
}

/** Removes items of the trash for good. @throws Problem */
export async function removeForGood(entries: readonly Entry[]): Promise<void> {
  for (const { id } of entries) await ask("DELETE", `/trash/${id}`);
  changed();
}

/** Removes all that is in the trash for good. @throws Problem */
export async function emptyTrash(): Promise<void> {
  await ask("DELETE", "/trash");
  changed();
}

/** Moves entries into a folder, and offers to move them back. @throws Problem */
export async function move(entries: readonly Entry[], folderId: string): Promise<void> {
  const t = actionWords.value;
  const from = new Map(entries.map((entry) => [entry.id, parentOf(entry)]));
  const moved = await apply(idsOf(entries), { op: "move", folderId });
  if (moved.length === 0) return;
  const undo = async () => {
    for (const parent of new Set(from.values())) {
      const ids = moved.filter((id) => from.get(id) === parent);
      if (parent !== undefined && ids.length > 0)
        await apply(ids, { op: "move", folderId: parent });
    }
  };
  say(t.moved(moved.length), { action: { label: t.undo, run: () => void attempt(undo) } });
}

/** Copies entries into a folder. Folders are copied by a job: they appear as it goes on. @throws Problem */
export async function copy(entries: readonly Entry[], folderId: string): Promise<void> {
  const copied = await apply(idsOf(entries), { op: "copy", folderId });
  if (copied.length > 0) say(actionWords.value.copied(copied.length));
}

/** The folder that holds an entry. */
export const parentOf = (entry: Entry): string | undefined =>
  (entry.kind === "folder" ? entry.parentId : entry.folderId) ?? undefined;

/** What of an entry can be changed. */
export interface Change {
  readonly name?: string;
  readonly tags?: readonly string[];
  readonly description?: string;
  readonly isFavourite?: boolean;
}

/** Changes an entry. @returns It as it is then. @throws Problem */
export async function change(entry: Entry, body: Change): Promise<Entry> {
  const path = `/${entry.kind}s/${entry.id}`;
  const next = await ask<Entry>("PATCH", path, { body });
  changed();
  return next;
}

/** Marks entries as favourites, or takes the mark from them. @throws Problem */
export async function markFavourites(entries: readonly Entry[], isFavourite: boolean) {
  for (const entry of entries) {
    if (entry.isFavourite !== isFavourite) await change(entry, { isFavourite });
  }
}

/** @throws Problem */
export async function createFolder(name: string, parentId: string): Promise<FolderEntry> {
  const folder = await ask<FolderEntry>("POST", "/folders", { body: { name, parentId } });
  changed();
  return folder;
}
