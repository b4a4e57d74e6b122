import { useSignal } from "@preact/signals";
import { useCallback, useEffect, useMemo } from "preact/hooks";
import type { Change } from "../live/changes.js";
import { Icon } from "../parts/icon.js";
import { place } from "../routing/place.js";
import { Crumbs, folderName } from "./crumbs.js";
import type { FolderEntry } from "./entry.js";
import { readAncestry } from "./folders.js";
import { ListView } from "./list-view.js";
import { inFolder, orderOf } from "./sources.js";
import { fileWords } from "./words.js";
import { shownFolder, type Workspace } from "./workspace.js";

const newFolderButton = ({ above }: Workspace) => (
  <button type="button" class="tool" onClick={() => (above.value = { kind: "new-folder" })}>
    <Icon name="plus" /> {fileWords.value.newFolder}
  </button>
);

/** What is in a folder: at `/drive` in the topmost one, at `/drive/folder/{id}` in any, at `/drive/file/{id}?in={folderId}` with a file opened. */
export function FilesRoom() {
  const t = fileWords.value;
  const folderId = shownFolder(place.value);
  const viewed = place.value.path[0] === "file" ? place.value.path[1] : undefined;
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
  const parentId = ancestry.value.at(-2)?.id;
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
      {...{ source, folderId, order, concerns, parentId, viewed }}
      tools={newFolderButton}
      label={shown === undefined ? t.title : folderName(shown)}
      empty={t.empty}
      heading={<Crumbs ancestry={ancestry.value} />}
    />
  );
}
