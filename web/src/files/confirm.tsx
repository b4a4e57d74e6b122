import { Dialog } from "../parts/dialog.js";
import { useTask } from "../parts/task.js";
import { dialogWords } from "./dialog-words.js";

interface Props {
  readonly title: string;
  readonly text: string;
  readonly run: () => Promise<void>;
  readonly onClose: () => void;
}

/** Asks before something is done that cannot be undone. */
export function Confirm({ title, text, run, onClose }: Props) {
  const t = dialogWords.value;
  const task = useTask(() => run().then(onClose));
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={task.start}>
        <p>{text}</p>
        {task.fault !== undefined && (
          <p class="fault" role="alert">
            {task.fault}
          </p>
        )}
        <div class="row end">
          <button type="button" onClick={onClose}>
            {t.cancel}
          </button>
          <button class="danger" disabled={task.isRunning}>
            {title}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
