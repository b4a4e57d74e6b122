import { useEffect } from "preact/hooks";
import { goTo, hrefTo } from "../routing/place.js";
import { folderHref, toggledLayout, type Workspace } from "./workspace.js";

const STORED = "stowage.single-keys";

/** Whether letters alone are shortcuts. Who dictates, or types by mistake, switches them off in the help. */
export const hasSingleKeys = (): boolean => localStorage.getItem(STORED) !== "0";

/** Switches shortcuts of one letter on or off, in this browser. */
export function allowSingleKeys(isAllowed: boolean): void {
  if (isAllowed) localStorage.removeItem(STORED);
  else localStorage.setItem(STORED, "0");
}

const isTyping = (target: EventTarget | null) =>
  target instanceof Element &&
  target.closest("textarea, select, dialog, [role=menu], input:not([type=checkbox])") !== null;

/** Listens to the shortcuts of a list. */
export function useShortcuts(workspace: Workspace, parentId: string | undefined): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || isTyping(event.target)) return;
      const run = shortcutOf(event, workspace, parentId);
      if (run === undefined) return;
      event.preventDefault();
      run();
    };
    addEventListener("keydown", onKeyDown);
    return () => {
      removeEventListener("keydown", onKeyDown);
    };
  }, [workspace, parentId]);
}

type Run = () => void;

function shortcutOf(event: KeyboardEvent, workspace: Workspace, parentId: string | undefined) {
  const { key, ctrlKey, metaKey, altKey } = event;
  const { selection, folderId } = workspace;
  if (ctrlKey || metaKey) {
    return key === "a" ? () => void selection.chooseAll().catch(() => undefined) : undefined;
  }
  const isUp = altKey ? key === "ArrowUp" : key === "Backspace";
  if (isUp && parentId !== undefined)
    return () => {
      goTo(folderHref(parentId));
    };
  if (altKey) return undefined;
  if (key === "Escape") {
    return selection.count.value > 0
      ? () => {
          selection.clear();
        }
      : undefined;
  }
  if (key.length === 1 && !hasSingleKeys()) return undefined;
  const command = workspace.commands().find((each) => each.key === key && key !== "Enter");
  if (command !== undefined) return command.run;
  const others: Readonly<Record<string, Run>> = {
    "/": () => {
      goTo(hrefTo(["search"]));
    },
    "?": () => (workspace.above.value = { kind: "help" }),
    v: () => {
      goTo(toggledLayout(), { replaces: true });
    },
    ...(folderId !== undefined && { n: () => (workspace.above.value = { kind: "new-folder" }) }),
  };
  return others[key];
}
