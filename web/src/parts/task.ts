import { useSignal } from "@preact/signals";
import { faultText } from "../words/problems.js";

/** Something that a person starts, and that takes a moment. */
interface Task {
  readonly isRunning: boolean;
  /** What went wrong the last time, in words for people. */
  readonly fault: string | undefined;
  /** For the event of a form or a button. A second start while it runs does nothing. */
  readonly start: (event?: Event) => void;
}

/** Runs something once at a time, and says what goes wrong. */
export function useTask(run: () => Promise<unknown>): Task {
  const isRunning = useSignal(false);
  const fault = useSignal<string | undefined>(undefined);
  const start = (event?: Event) => {
    event?.preventDefault();
    if (isRunning.value) return;
    isRunning.value = true;
    fault.value = undefined;
    void run()
      .catch((error: unknown) => (fault.value = faultText(error)))
      .finally(() => (isRunning.value = false));
  };
  return { isRunning: isRunning.value, fault: fault.value, start };
}
