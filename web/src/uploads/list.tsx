import { useSignal } from "@preact/signals";
import { Icon, type IconName } from "../parts/icon.js";
import { faultText } from "../words/problems.js";
import { sizeText } from "../words/texts.js";
import { panelWords } from "./panel-words.js";
import { uploads } from "./queue.js";
import type { Totals } from "./totals.js";
import type { State, Upload } from "./upload.js";

/** As `panel.css` has it, in pixels. */
const ROW_HEIGHT = 64;
const ROWS_SEEN = 5;

/** The files of the queue: those that are over come last. Of thousands only those that are seen are drawn. */
export function UploadList() {
  const scrolled = useSignal(0);
  const totals = uploads.totals.value;
  const all = totals.files.done === 0 ? uploads.items.value : unfinishedFirst(uploads.items.value);
  const first = Math.max(0, Math.floor(scrolled.value / ROW_HEIGHT) - 2);
  const seen = all.slice(first, first + ROWS_SEEN + 4);
  return (
    <div
      class="upload-scroll"
      tabIndex={0}
      role="group"
      aria-label={panelWords.value.title}
      onScroll={({ currentTarget }) => (scrolled.value = currentTarget.scrollTop)}
    >
      <ul style={{ height: `${all.length * ROW_HEIGHT}px` }}>
        {seen.map((upload, index) => (
          <li
            key={upload.idempotencyKey}
            class={upload.state}
            aria-setsize={all.length}
            aria-posinset={first + index + 1}
            style={{ transform: `translateY(${(first + index) * ROW_HEIGHT}px)` }}
          >
            <Row upload={upload} totals={totals} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function unfinishedFirst(items: readonly Upload[]): readonly Upload[] {
  const isDone = ({ state }: Upload) => state === "done";
  return [...items.filter((upload) => !isDone(upload)), ...items.filter(isDone)];
}

const ICONS: Readonly<Record<State, IconName>> = {
  waiting: "clock",
  sending: "upload",
  paused: "pause",
  failed: "warning",
  done: "check",
};

interface RowProps {
  readonly upload: Upload;
  /** Whenever they change the file may have changed, too: files are no signals. */
  readonly totals: Totals;
}

function Row({ upload, totals }: RowProps) {
  const { state, title, file, sentBytes } = upload;
  const status = statusOf(upload);
  return (
    <>
      <Icon name={ICONS[state]} />
      <div class="upload-file">
        <p class="upload-name" title={title}>
          {title}
        </p>
        <p class={state === "failed" ? "fault" : "muted"} title={status}>
          {status}
        </p>
        {(state === "sending" || state === "paused") && (
          <progress aria-label={title} max={Math.max(1, file.size)} value={sentBytes} />
        )}
      </div>
      <RowButtons upload={upload} totals={totals} />
    </>
  );
}

function statusOf({ state, fault, obstacle, sentBytes, file }: Upload): string {
  const t = panelWords.value;
  if (state === "failed") return faultText(fault);
  if (state === "sending" && obstacle !== undefined) return t[obstacle];
  const size =
    sentBytes > 0 && state !== "done" ? t.sent(sentBytes, file.size) : sizeText(file.size);
  return `${t.states[state]} · ${size}`;
}

function RowButtons({ upload }: RowProps) {
  const t = panelWords.value;
  const { state, title } = upload;
  if (state === "done") return null;
  const button = (icon: IconName, label: string, run: () => void) => (
    <button type="button" class="plain" aria-label={label} onClick={run}>
      <Icon name={icon} />
    </button>
  );
  return (
    <div class="upload-buttons">
      {(state === "waiting" || state === "sending") &&
        button("pause", t.pause(title), () => {
          uploads.pause([upload]);
        })}
      {state === "paused" &&
        button("play", t.resume(title), () => {
          uploads.resume([upload]);
        })}
      {state === "failed" &&
        button("refresh", t.retry(title), () => {
          uploads.resume([upload]);
        })}
      {button("close", t.cancel(title), () => {
        uploads.cancel([upload]);
      })}
    </div>
  );
}
