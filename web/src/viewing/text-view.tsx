import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import type { FileEntry } from "../files/entry.js";
import { send } from "../http/api.js";
import { Failure, Loading } from "../parts/states.js";
import { viewingWords } from "./words.js";

/** How much of a text is read. */
const SHOWN_BYTES = 64 * 1024;

interface Props {
  readonly entry: FileEntry;
  readonly isMarkdown: boolean;
}

interface Shown {
  readonly body?: ComponentChildren;
  readonly isComplete?: boolean;
  readonly fault?: unknown;
}

/** The beginning of a text. Markdown is drawn; what draws it is loaded then. */
export function TextView({ entry, isMarkdown }: Props) {
  const shown = useSignal<Shown>({});
  const load = () => {
    shown.value = {};
    read(entry, isMarkdown)
      .then((found) => (shown.value = found))
      .catch((fault: unknown) => (shown.value = { fault }));
  };
  useEffect(load, []);
  const { body, isComplete, fault } = shown.value;
  return (
    <div class="shown text" tabIndex={0} role="document" aria-label={entry.name}>
      {fault !== undefined && <Failure error={fault} onRetry={load} />}
      {fault === undefined && body === undefined && <Loading />}
      {body}
      {isComplete === false && <p class="muted">{viewingWords.value.beginning(SHOWN_BYTES)}</p>}
    </div>
  );
}

async function read({ id }: FileEntry, isMarkdown: boolean): Promise<Shown> {
  const response = await send("GET", `/files/${id}/text`, {
    query: { bytes: SHOWN_BYTES },
    headers: { Accept: "text/plain, application/json" },
  });
  const text = await response.text();
  const isComplete = response.headers.get("Text-Complete") === "true";
  if (!isMarkdown) return { body: <pre>{text}</pre>, isComplete };
  const { Markdown } = await import("./markdown.js");
  return { body: <Markdown text={text} />, isComplete };
}
