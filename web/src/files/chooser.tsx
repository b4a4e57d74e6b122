import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ask, type Page } from "../http/api.js";
import { Dialog } from "../parts/dialog.js";
import { Icon } from "../parts/icon.js";
import { Failure } from "../parts/states.js";
import { useTask } from "../parts/task.js";
import { parentOf } from "./actions.js";
import { folderName } from "./crumbs.js";
import { dialogWords } from "./dialog-words.js";
import type { Entry, FolderEntry } from "./entry.js";
import { readAncestry } from "./folders.js";

interface Props {
  readonly kind: "move" | "copy";
  readonly entries: readonly Entry[];
  /** The folder that is shown first. */
  readonly startId: string;
  readonly onChoose: (folderId: string) => void;
  readonly onClose: () => void;
}

interface Shown {
  readonly ancestry: readonly FolderEntry[];
  /** The folders in it that can be opened. */
  readonly inside: readonly Entry[];
  readonly nextCursor: string | null;
}

/** Folders come before mounts, and those before files. */
async function readInside(id: string, cursor?: string): Promise<Omit<Shown, "ancestry">> {
  const query = { sort: "name", foldersFirst: true, limit: 200, cursor };
  const page = await ask<Page<Entry>>("GET", `/folders/${id}/children`, { query });
  const hasMore = page.items.at(-1)?.kind !== "file";
  return {
    inside: page.items.filter(({ kind }) => kind === "folder" || kind === "mount"),
    nextCursor: hasMore ? page.nextCursor : null,
  };
}

const leadsTo = (entry: Entry) => {
  if (entry.kind !== "mount") return entry.id;
  return entry.target?.kind === "folder" ? entry.target.id : undefined;
};

/** Asks where to put something. */
export function Chooser({ kind, entries, startId, onChoose, onClose }: Props) {
  const t = dialogWords.value;
  const at = useSignal(startId);
  const shown = useSignal<Shown | undefined>(undefined);
  const fault = useSignal<unknown>(undefined);
  const load = () => {
    fault.value = undefined;
    const id = at.value;
    void Promise.all([readAncestry(id), readInside(id)])
      .then(([ancestry, inside]) => {
        if (id === at.value) shown.value = { ancestry, ...inside };
      })
      .catch((error: unknown) => (fault.value = error));
  };
  useEffect(load, [at.value]);
  const more = useTask(async () => {
    const { value } = shown;
    if (value?.nextCursor === null || value === undefined) return;
    const next = await readInside(at.value, value.nextCursor);
    shown.value = { ...value, ...next, inside: [...value.inside, ...next.inside] };
  });
  const here = shown.value?.ancestry.at(-1);
  const ids = new Set(entries.map(({ id }) => id));
  const isThere = kind === "move" && entries.every((entry) => parentOf(entry) === here?.id);
  return (
    <Dialog title={kind === "move" ? t.moveTo : t.copyTo} onClose={onClose}>
      <p class="path">
        {shown.value?.ancestry.map((folder) => (
          <button
            key={folder.id}
            type="button"
            class="quiet"
            onClick={() => (at.value = folder.id)}
          >
            {folderName(folder)}
          </button>
        ))}
      </p>
      {fault.value !== undefined && <Failure error={fault.value} onRetry={load} />}
      <ul class="folders" aria-label={t.folders}>
        {shown.value?.inside.map((entry) => (
          <li key={entry.id}>
            <button
              type="button"
              class="quiet"
              disabled={ids.has(entry.id) || leadsTo(entry) === undefined}
              onClick={() => (at.value = leadsTo(entry) ?? at.value)}
            >
              <Icon name={entry.kind === "mount" ? "people" : "folder"} /> {entry.name}
            </button>
          </li>
        ))}
        {shown.value?.inside.length === 0 && <li class="muted">{t.noFolders}</li>}
        {typeof shown.value?.nextCursor === "string" && (
          <li>
            <button type="button" disabled={more.isRunning} onClick={more.start}>
              {t.more}
            </button>
          </li>
        )}
      </ul>
      <div class="row end">
        <button type="button" onClick={onClose}>
          {t.cancel}
        </button>
        <button
          type="button"
          class="primary"
          disabled={here === undefined || isThere}
          onClick={() => {
            onClose();
            onChoose(here?.id ?? at.value);
          }}
        >
          {kind === "move" ? t.moveHere : t.copyHere}
        </button>
      </div>
    </Dialog>
  );
}
