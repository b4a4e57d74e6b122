import { useComputed, useSignal } from "@preact/signals";
import { Icon } from "../parts/icon.js";
import { me } from "../session/session.js";
import { Interrupted } from "./interrupted.js";
import { UploadList } from "./list.js";
import { panelWords } from "./panel-words.js";
import { uploads } from "./queue.js";
import { QuestionDialog } from "./question-dialog.js";
import { allRemembered } from "./remembered.js";
import type { Totals } from "./totals.js";
import "./panel.css";

/** The files that are uploaded, with a bar for each and one for all, over every room. */
export function UploadPanel() {
  const isOpen = useSignal(true);
  const interrupted = useComputed(() => {
    const present = new Set(uploads.items.value.map(({ terms }) => terms.key));
    return allRemembered(me.value?.id ?? "").filter(({ key }) => !present.has(key));
  }).value;
  const hasItems = uploads.items.value.length > 0;
  return (
    <>
      {(hasItems || interrupted.length > 0) && (
        <section class="upload-panel" aria-label={panelWords.value.title}>
          {hasItems && (
            <Head isOpen={isOpen.value} onToggle={() => (isOpen.value = !isOpen.value)} />
          )}
          {isOpen.value && hasItems && <UploadList />}
          <Interrupted items={interrupted} />
        </section>
      )}
      <QuestionDialog />
    </>
  );
}

interface HeadProps {
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

function Head({ isOpen, onToggle }: HeadProps) {
  const t = panelWords.value;
  const totals = uploads.totals.value;
  const { waiting, sending, paused } = totals.files;
  const isOver = waiting + sending + paused === 0;
  const cancelDone = () => {
    uploads.cancel(uploads.items.value);
  };
  return (
    <header>
      <div class="upload-head">
        <h2>{headline(totals)}</h2>
        <button
          type="button"
          class="plain"
          aria-expanded={isOpen}
          aria-label={isOpen ? t.collapse : t.expand}
          onClick={onToggle}
        >
          <Icon name="chevron" />
        </button>
        {isOver && (
          <button type="button" class="plain" aria-label={t.close} onClick={cancelDone}>
            <Icon name="close" />
          </button>
        )}
      </div>
      <p class="upload-said" role="status">
        {isOver ? headline(totals) : ""}
      </p>
      {!isOver && <Progress totals={totals} />}
      <AllButtons totals={totals} />
    </header>
  );
}

function headline({ files }: Totals): string {
  const t = panelWords.value;
  const { waiting, sending, paused, failed, done } = files;
  const all = waiting + sending + paused + failed + done;
  if (waiting + sending > 0) return t.running(done, all);
  const parts = [
    paused > 0 && t.paused(paused),
    failed > 0 && t.failed(failed),
    done > 0 && t.done(done),
  ];
  return parts.filter(Boolean).join(", ");
}

function Progress({ totals }: { readonly totals: Totals }) {
  const t = panelWords.value;
  const { bytes, sentBytes, bytesPerSecond, secondsLeft } = totals;
  const parts = [
    t.sent(sentBytes, bytes),
    bytesPerSecond > 0 && t.speed(bytesPerSecond),
    secondsLeft !== undefined && t.left(secondsLeft),
  ];
  return (
    <>
      <progress aria-label={t.all} max={Math.max(1, bytes)} value={sentBytes} />
      <p class="muted">{parts.filter(Boolean).join(" · ")}</p>
    </>
  );
}

function AllButtons({ totals: { files } }: { readonly totals: Totals }) {
  const t = panelWords.value;
  const { waiting, sending, paused, failed } = files;
  const only = (...states: readonly string[]) =>
    uploads.items.value.filter(({ state }) => states.includes(state));
  const button = (label: string, run: () => void) => (
    <button type="button" onClick={run}>
      {label}
    </button>
  );
  if (waiting + sending + paused + failed === 0) return null;
  return (
    <div class="row">
      {waiting + sending > 0 &&
        button(t.pauseAll, () => {
          uploads.pause(uploads.items.value);
        })}
      {paused > 0 &&
        button(t.resumeAll, () => {
          uploads.resume(only("paused"));
        })}
      {failed > 0 &&
        button(t.retryAll, () => {
          uploads.resume(only("failed"));
        })}
      {waiting + sending + paused > 0 &&
        button(t.cancelAll, () => {
          uploads.cancel(only("waiting", "sending", "paused", "failed"));
        })}
    </div>
  );
}
