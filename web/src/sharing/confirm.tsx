import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { useTask } from "../parts/task.js";
import { sharingWords } from "./words.js";

interface Props {
  /** The word on the button. */
  readonly label: string;
  /** What a screen reader says of the button. */
  readonly name: string;
  readonly question: string;
  /** @throws Problem, which is shown. */
  readonly run: () => Promise<unknown>;
}

/** A button for what cannot be undone: it asks first, in its place. */
export function Confirm({ label, name, question, run }: Props) {
  const t = sharingWords.value;
  const asks = useSignal(false);
  const task = useTask(run);
  const button = useRef<HTMLButtonElement>(null);
  const wasAsked = useRef(false);
  useEffect(() => {
    if (asks.value || wasAsked.current) button.current?.focus();
    wasAsked.current = asks.value;
  }, [asks.value]);
  if (!asks.value) {
    return (
      <button
        ref={button}
        class="danger"
        type="button"
        aria-label={name}
        onClick={() => (asks.value = true)}
      >
        {label}
      </button>
    );
  }
  return (
    <div class="share-confirm" role="group" aria-label={question}>
      <p>{question}</p>
      {task.fault !== undefined && (
        <p class="fault" role="alert">
          {task.fault}
        </p>
      )}
      <div class="row">
        <button
          ref={button}
          class="danger"
          type="button"
          disabled={task.isRunning}
          onClick={task.start}
        >
          {label}
        </button>
        <button type="button" onClick={() => (asks.value = false)}>
          {t.cancel}
        </button>
      </div>
    </div>
  );
}
