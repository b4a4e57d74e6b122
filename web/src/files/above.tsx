import { attempt, copy, emptyTrash, move, removeForGood } from "./actions.js";
import { Chooser } from "./chooser.js";
import { Confirm } from "./confirm.js";
import { dialogWords } from "./dialog-words.js";
import { Help } from "./help.js";
import { Lazy } from "../parts/lazy.js";
import { Menu } from "./menu.js";
import { loadShareDialog } from "./neighbours.js";
import { NewFolder } from "./new-folder.js";
import type { Above, Workspace } from "./workspace.js";
import "./above.css";

interface Props {
  readonly workspace: Workspace;
  readonly above: Above;
}

/** The dialog or menu that is open above a list. */
export function AboveList({ workspace, above }: Props) {
  const t = dialogWords.value;
  const onClose = () => (workspace.above.value = undefined);
  switch (above.kind) {
    case "menu":
      return <Menu {...{ workspace, onClose }} at={above} />;
    case "help":
      return <Help onClose={onClose} />;
    case "new-folder":
      return <NewFolder {...{ onClose }} parentId={workspace.folderId ?? "root"} />;
    case "move":
    case "copy":
      return (
        <Chooser
          {...{ onClose }}
          kind={above.kind}
          entries={above.entries}
          startId={workspace.folderId ?? "root"}
          onChoose={(folderId) => {
            workspace.selection.clear();
            void attempt(() => (above.kind === "move" ? move : copy)(above.entries, folderId));
          }}
        />
      );
    case "purge":
      return (
        <Confirm
          {...{ onClose }}
          title={t.purge}
          text={t.purgeText(above.entries.length)}
          run={async () => {
            await removeForGood(above.entries);
            workspace.selection.clear();
          }}
        />
      );
    case "empty-trash":
      return <Confirm {...{ onClose }} title={t.empty} text={t.emptyText} run={emptyTrash} />;
    case "share":
      return <Lazy load={loadShareDialog} props={{ entry: above.entry, onClose }} />;
  }
}
