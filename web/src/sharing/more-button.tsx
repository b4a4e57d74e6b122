import { useTask } from "../parts/task.js";
import type { List } from "./list.js";
import { sharingWords } from "./words.js";

/** Reads the next page of a list; nothing is shown after the last one. */
export function MoreButton({ list }: { readonly list: Pick<List<unknown>, "hasMore" | "more"> }) {
  const task = useTask(list.more);
  if (!list.hasMore) return null;
  return (
    <div class="list-more">
      {task.fault !== undefined && (
        <p class="fault" role="alert">
          {task.fault}
        </p>
      )}
      <button type="button" disabled={task.isRunning} onClick={task.start}>
        {sharingWords.value.more}
      </button>
    </div>
  );
}
