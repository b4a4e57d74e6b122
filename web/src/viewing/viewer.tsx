import { useEffect, useId, useRef } from "preact/hooks";
import type { Entry, FileEntry } from "../files/entry.js";
import { Icon } from "../parts/icon.js";
import { Content } from "./content.js";
import { viewingWords } from "./words.js";
import "./viewing.css";

interface Props {
  readonly entry: FileEntry;
  /** What is shown beside it, in the same order. Folders and mounts are skipped. */
  readonly siblings: readonly Entry[];
  readonly onClose: () => void;
  /** Asked to show another of the siblings. */
  readonly onMove: (entry: FileEntry) => void;
}

/** Shows a file over the page. The arrow keys lead to the files beside it, and Escape closes it. */
export function Viewer({ entry, siblings, onClose, onMove }: Props) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  const files = siblings.filter((one): one is FileEntry => one.kind === "file");
  const at = files.findIndex((file) => file.id === entry.id);
  const previous = at > 0 ? files[at - 1] : undefined;
  const next = at >= 0 ? files[at + 1] : undefined;
  const onKeyDown = (event: KeyboardEvent) => {
    if (isForContent(event)) return;
    const target = { ArrowLeft: previous, ArrowRight: next }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    onMove(target);
  };
  return (
    <dialog
      ref={dialog}
      class="viewer"
      aria-labelledby={id}
      onClose={onClose}
      onKeyDown={onKeyDown}
    >
      <header>
        <h2 id={id} title={entry.name}>
          {entry.name}
        </h2>
        {files.length > 1 && at >= 0 && (
          <span class="muted">{viewingWords.value.position(at + 1, files.length)}</span>
        )}
        <Tools entry={entry} onClose={() => dialog.current?.close()} />
      </header>
      <Content key={`${entry.id} ${entry.versionId}`} entry={entry} />
      <Step to={previous} onMove={onMove} />
      <Step to={next} isNext onMove={onMove} />
    </dialog>
  );
}

/** Keys that move within media or scrolled content stay there. */
function isForContent({ target, altKey, ctrlKey, metaKey, shiftKey }: KeyboardEvent): boolean {
  const isMedia = target instanceof Element && target.matches("audio, video, .scrolls");
  return isMedia || altKey || ctrlKey || metaKey || shiftKey;
}

function Tools({ entry, onClose }: Pick<Props, "entry" | "onClose">) {
  const t = viewingWords.value;
  return (
    <div class="viewer-tools">
      <a class="tool" href={entry.links.content} download={entry.name} aria-label={t.download}>
        <Icon name="download" />
      </a>
      <button type="button" class="tool" aria-label={t.close} onClick={onClose}>
        <Icon name="close" />
      </button>
    </div>
  );
}

interface StepProps {
  readonly to: FileEntry | undefined;
  readonly isNext?: boolean;
  readonly onMove: Props["onMove"];
}

function Step({ to, isNext = false, onMove }: StepProps) {
  const t = viewingWords.value;
  if (to === undefined) return null;
  return (
    <button
      type="button"
      class={isNext ? "step next" : "step previous"}
      aria-label={isNext ? t.next : t.previous}
      title={to.name}
      onClick={() => {
        onMove(to);
      }}
    >
      <Icon name="chevron" />
    </button>
  );
}
