import { useEffect, useRef } from "preact/hooks";
import { useTask } from "../parts/task.js";
import type { Entry } from "./entry.js";
import { fileWords } from "./words.js";
import type { Workspace } from "./workspace.js";

interface Props {
  readonly workspace: Workspace;
  readonly entry: Entry;
}

/** A field in place of a name. Enter and leaving the field rename the entry, Escape leaves the name as it is. */
export function NameEditor({ workspace, entry }: Props) {
  const t = fileWords.value;
  const input = useRef<HTMLInputElement>(null);
  const close = () => {
    const row = input.current?.closest<HTMLElement>("[data-index]");
    workspace.renaming.value = undefined;
    row?.focus({ preventScroll: true });
  };
  const task = useTask(async () => {
    const name = input.current?.value.trim() ?? "";
    if (name === "" || name === entry.name) {
      close();
      return;
    }
    const { change } = await import("./actions.js");
    workspace.listing.replace(await change(entry, { name }));
    close();
  });
  useEffect(() => {
    const dot = entry.kind === "file" ? entry.name.lastIndexOf(".") : -1;
    input.current?.focus();
    input.current?.setSelectionRange(0, dot > 0 ? dot : entry.name.length);
  }, []);
  return (
    <form class="renaming" onSubmit={task.start}>
      <input
        ref={input}
        type="text"
        aria-label={t.newName(entry.name)}
        aria-invalid={task.fault !== undefined}
        defaultValue={entry.name}
        readOnly={task.isRunning}
        onBlur={() => {
          if (workspace.renaming.value === entry.id && task.fault === undefined) task.start();
        }}
        onKeyDown={(event) => {
          event.stopPropagation();
          if (event.key === "Escape") close();
        }}
      />
      {task.fault !== undefined && (
        <span class="note fault" role="alert">
          {task.fault}
        </span>
      )}
    </form>
  );
}
