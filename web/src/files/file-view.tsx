import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ask } from "../http/api.js";
import { Lazy } from "../parts/lazy.js";
import { say } from "../parts/toasts.js";
import { goTo } from "../routing/place.js";
import { faultText } from "../words/problems.js";
import type { FileEntry } from "./entry.js";
import { loadViewer } from "./neighbours.js";
import { fileHref, folderHref, type Workspace } from "./workspace.js";

interface Props {
  readonly id: string;
  readonly workspace: Workspace;
}

/** Shows the content of a file above the list that it is in, and leads to the files beside it. */
export function FileView({ id, workspace }: Props) {
  const { listing, folderId = "root" } = workspace;
  const asked = useSignal<FileEntry | undefined>(undefined);
  // The list may be read further while the file is shown.
  const { isBegun } = listing.view.value;
  const siblings = isBegun ? listing.read.filter((each) => each.kind === "file") : [];
  const entry = siblings.find((each) => each.id === id);
  const close = () => {
    goTo(folderHref(folderId));
  };
  useEffect(() => {
    if (entry !== undefined || asked.value?.id === id) return;
    void ask<FileEntry>("GET", `/files/${id}/metadata`)
      .then((found) => (asked.value = found))
      .catch((error: unknown) => {
        say(faultText(error), { isFault: true });
        close();
      });
  }, [id, entry === undefined]);
  const shown = entry ?? (asked.value?.id === id ? asked.value : undefined);
  if (shown === undefined) return null;
  return (
    <Lazy
      load={loadViewer}
      props={{
        entry: shown,
        siblings: entry === undefined ? [shown] : siblings,
        onClose: close,
        onMove: (next) => {
          goTo(fileHref(next, folderId), { replaces: true });
        },
      }}
    />
  );
}
