import { useSignal } from "@preact/signals";
import { useCallback, useEffect, useMemo } from "preact/hooks";
import type { Change } from "../live/changes.js";
import { place } from "../routing/place.js";
import { Crumbs, folderName } from "./crumbs.js";
import type { FolderEntry } from "./entry.js";
import { readAncestry } from "./folders.js";
import { ListView } from "./list-view.js";
import { inFolder, orderOf } from "./sources.js";
import { fileWords } from "./words.js";

/** What is in a folder: at `/drive` in the topmost one, at `/drive/folder/{id}` in any. */
export function FilesRoom() {
  const t = fileWords.value;
  const folderId = place.value.path[1] ?? "root";
  const order = orderOf(place.value.query.get("sort"));
  const ancestry = useSignal<readonly FolderEntry[]>([]);
  const load = useCallback(() => {
    // What is wrong with the folder, the list says, too.
    const ours = { isWanted: true };
    void readAncestry(folderId)
      .then((found) => ours.isWanted && (ancestry.value = found))
      .catch(() => undefined);
    return () => {
      ours.isWanted = false;
    };
  }, [folderId]);
  useEffect(load, [load]);
  const shown = ancestry.value.at(-1);
  const id = shown?.id ?? folderId;
  const concerns = useCallback(
    ({ type, entry, from }: Change) => {
      if (type.startsWith("folder.")) load();
      return entry?.folderId === id || from?.folderId === id || type === "trash.emptied";
    },
    [id, load],
  );
  const source = useMemo(() => inFolder(folderId, order), [folderId, order]);
  return (
    <ListView
      {...{ source, folderId, order, concerns }}
      label={shown === undefined ? t.title : folderName(shown)}
      empty={t.empty}
      heading={<Crumbs ancestry={ancestry.value} />}
    />
  );
}
