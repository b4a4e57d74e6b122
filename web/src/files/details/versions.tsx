import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ask, type Page } from "../../http/api.js";
import { Failure } from "../../parts/states.js";
import { useTask } from "../../parts/task.js";
import { say } from "../../parts/toasts.js";
import { sizeText, timeText } from "../../words/texts.js";
import type { FileEntry } from "../entry.js";
import { changed } from "../refreshing.js";
import { detailWords } from "./words.js";

interface Version {
  readonly id: string;
  readonly sizeBytes: number;
  readonly label: string | null;
  readonly isCurrent: boolean;
  readonly createdAt: string;
  readonly links: { readonly content: string };
}

/** The contents that a file has had, each of which can be restored. */
export function Versions({ file }: { readonly file: FileEntry }) {
  const t = detailWords.value;
  const page = useSignal<Page<Version> | undefined>(undefined);
  const fault = useSignal<unknown>(undefined);
  const load = async () => {
    fault.value = undefined;
    const before = page.value;
    const query = { limit: 20, cursor: before?.nextCursor ?? undefined };
    await ask<Page<Version>>("GET", `/files/${file.id}/versions`, { query })
      .then((next) => (page.value = { ...next, items: [...(before?.items ?? []), ...next.items] }))
      .catch((error: unknown) => (fault.value = error));
  };
  useEffect(() => void load(), []);
  const more = useTask(load);
  return (
    <section aria-label={t.versions}>
      <h3>{t.versions}</h3>
      {fault.value !== undefined && <Failure error={fault.value} onRetry={() => void load()} />}
      <ol class="versions">
        {page.value?.items.map((version) => (
          <VersionLine key={version.id} {...{ file, version }} />
        ))}
      </ol>
      {typeof page.value?.nextCursor === "string" && (
        <button type="button" disabled={more.isRunning} onClick={more.start}>
          {t.more}
        </button>
      )}
    </section>
  );
}

interface LineProps {
  readonly file: FileEntry;
  readonly version: Version;
}

function VersionLine({ file, version }: LineProps) {
  const t = detailWords.value;
  const time = timeText(version.createdAt);
  const restoring = useTask(async () => {
    await ask("POST", `/files/${file.id}/versions/${version.id}/restore`);
    say(t.versionRestored(time));
    changed();
  });
  return (
    <li>
      <span>
        {time}
        <span class="muted">
          {sizeText(version.sizeBytes)}
          {version.label === null ? "" : ` · ${version.label}`}
          {version.isCurrent ? ` · ${t.current}` : ""}
        </span>
        {restoring.fault !== undefined && (
          <span class="fault" role="alert">
            {restoring.fault}
          </span>
        )}
      </span>
      <span class="row">
        <a href={version.links.content} download="" aria-label={t.downloadVersion(time)}>
          {t.download}
        </a>
        {!version.isCurrent && (
          <button
            type="button"
            aria-label={t.restoreVersion(time)}
            disabled={restoring.isRunning}
            onClick={restoring.start}
          >
            {t.restore}
          </button>
        )}
      </span>
    </li>
  );
}
