import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { useTask } from "../../parts/task.js";
import { change } from "../actions.js";
import type { Entry } from "../entry.js";
import type { Detailed } from "./steps.js";
import { detailWords } from "./words.js";

interface Props {
  readonly entry: Entry;
  readonly onChanged: (entry: Detailed) => void;
}

/** The tags and the description of an entry, which can be edited. */
export function Notes({ entry, onChanged }: Props) {
  const t = detailWords.value;
  const id = useId();
  const tag = useSignal("");
  const text = useSignal(entry.description);
  // An answer to a change has no more than a list has.
  const keep = (next: Entry) => {
    onChanged({ ...entry, ...next } as Detailed);
  };
  const tagging = useTask(async () => {
    const given = tag.value.split(",").map((one) => one.trim());
    const added = given.filter((one) => one !== "" && !entry.tags.includes(one));
    if (added.length > 0) keep(await change(entry, { tags: [...entry.tags, ...added] }));
    tag.value = "";
  });
  const describing = useTask(async () => {
    keep(await change(entry, { description: text.value }));
  });
  const fault = tagging.fault ?? describing.fault;
  const remove = async (name: string) => {
    keep(await change(entry, { tags: entry.tags.filter((one) => one !== name) }));
  };
  return (
    <section aria-label={t.notes}>
      <h3>{t.tags}</h3>
      <ul class="tags">
        {entry.tags.map((name) => (
          <Tag key={name} {...{ name, remove }} />
        ))}
      </ul>
      <form class="row" onSubmit={tagging.start}>
        <label class="hidden" for={`${id}-tag`}>
          {t.addTag}
        </label>
        <input
          id={`${id}-tag`}
          placeholder={t.addTag}
          value={tag.value}
          maxLength={64}
          onInput={({ currentTarget }) => (tag.value = currentTarget.value)}
        />
        <button disabled={tagging.isRunning}>{t.add}</button>
      </form>
      <h3>
        <label for={`${id}-text`}>{t.description}</label>
      </h3>
      <form onSubmit={describing.start}>
        <textarea
          id={`${id}-text`}
          rows={3}
          maxLength={2000}
          value={text.value}
          onInput={({ currentTarget }) => (text.value = currentTarget.value)}
        />
        {text.value !== entry.description && (
          <button disabled={describing.isRunning}>{t.save}</button>
        )}
      </form>
      {fault !== undefined && (
        <p class="fault" role="alert">
          {fault}
        </p>
      )}
    </section>
  );
}

interface TagProps {
  readonly name: string;
  readonly remove: (name: string) => Promise<void>;
}

function Tag({ name, remove }: TagProps) {
  const t = detailWords.value;
  const task = useTask(() => remove(name));
  return (
    <li>
      <a href={`/drive/search?tag=${encodeURIComponent(name)}`}>{name}</a>
      <button
        type="button"
        class="quiet"
        aria-label={t.removeTag(name)}
        title={task.fault}
        disabled={task.isRunning}
        onClick={task.start}
      >
        ×
      </button>
    </li>
  );
}
