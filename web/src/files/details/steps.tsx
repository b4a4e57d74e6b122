import type { FileEntry, FolderEntry, MountEntry } from "../entry.js";
import { detailWords } from "./words.js";

interface Step {
  readonly step: "inspect" | "scan" | "preview" | "describe";
  readonly outcome: Outcome | null;
  readonly reason: string | null;
}

export type Outcome = "running" | "retry" | "done" | "skipped" | "quarantine" | "failed";

interface DetailedFile extends FileEntry {
  readonly pipeline?: readonly Step[];
}

/** An entry as the API shows it alone. */
export type Detailed = DetailedFile | FolderEntry | MountEntry;

/** What was done with the content of a file, step by step. */
export function Steps({ file }: { readonly file: DetailedFile }) {
  const t = detailWords.value;
  if (file.pipeline === undefined) return null;
  return (
    <section aria-label={t.steps}>
      <h3>{t.steps}</h3>
      <ol class="steps">
        {file.pipeline.map(({ step, outcome, reason }) => (
          <li key={step} class={outcome ?? "waiting"}>
            <span>{t.stepNames[step] ?? step}</span>
            <span class="muted">
              {outcome === null ? t.waiting : t.outcomes[outcome]}
              {reason === null ? "" : `: ${reason}`}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
