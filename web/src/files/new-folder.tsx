import { useSignal } from "@preact/signals";
import { Dialog } from "../parts/dialog.js";
import { Field } from "../parts/field.js";
import { useTask } from "../parts/task.js";
import { createFolder } from "./actions.js";
import { dialogWords } from "./dialog-words.js";

interface Props {
  readonly parentId: string;
  readonly onClose: () => void;
}

/** Asks for the name of a new folder. */
export function NewFolder({ parentId, onClose }: Props) {
  const t = dialogWords.value;
  const name = useSignal("");
  const task = useTask(() => createFolder(name.value.trim(), parentId).then(onClose));
  return (
    <Dialog title={t.newFolder} onClose={onClose}>
      <form onSubmit={task.start}>
        <Field
          label={t.name}
          value={name}
          required
          focused
          {...(task.fault !== undefined && { fault: task.fault })}
        />
        <div class="row end">
          <button type="button" onClick={onClose}>
            {t.cancel}
          </button>
          <button class="primary" disabled={task.isRunning}>
            {t.create}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
