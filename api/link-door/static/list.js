/* global document, setTimeout */
import { Row } from "./row.js";
import { filesText, paceText, sizeText } from "./texts.js";

/** How many files are shown at once: thousands of rows would make the page slow. */
const MOST_ROWS = 50;

/** Which files are shown when there are more, the first first. */
const RANKS = ["sending", "paused", "failed", "waiting", "cancelled", "done"];

/** How often the figures change. A speed falls also while nothing comes. */
const FAST_MS = 150;
const SLOW_MS = 1000;

/** The files on the page, and how far all of them are. */
export class List {
  #parts;
  #rows = new Map();
  #isPlanned = false;
  #wasMoving = false;

  /** @param parts - The elements `panel`, `list`, and `status`, which is read out: what is added, and how it ends. */
  constructor(parts) {
    this.#parts = parts;
  }

  /** Shows the queue soon, however often it changes. */
  changed = (queue) => {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    setTimeout(() => this.#show(queue), FAST_MS);
  };

  say(text) {
    this.#parts.status.textContent = text;
  }

  #show(queue) {
    this.#isPlanned = false;
    const total = queue.total();
    const isMoving = total.sending + total.waiting > 0;
    this.#showRows(queue);
    this.#showTotal(total);
    if (this.#wasMoving && !isMoving) this.say(restText(total));
    this.#wasMoving = isMoving;
    if (total.sending > 0) setTimeout(() => this.changed(queue), SLOW_MS);
  }

  #showRows(queue) {
    const shown = choose(queue.uploads, (upload) => this.#rows.get(upload)?.hasFocus ?? false);
    for (const [upload, row] of this.#rows) {
      if (shown.has(upload)) continue;
      row.item.remove();
      this.#rows.delete(upload);
    }
    let before = null;
    for (const upload of shown) {
      const row = this.#rows.get(upload) ?? new Row(upload, queue);
      this.#rows.set(upload, row);
      row.show();
      const place = before === null ? this.#parts.list.firstChild : before.nextSibling;
      // One that is moved loses its focus.
      if (place !== row.item) this.#parts.list.insertBefore(row.item, place);
      before = row.item;
    }
    const hidden = queue.uploads.length - shown.size;
    this.#find("more").textContent =
      hidden === 0 ? "" : `${filesText(hidden)} more, not shown here`;
  }

  #showTotal(total) {
    const { count, waiting, sending, paused, done, failed } = total;
    // Browsers forget it as soon as it is hidden.
    const focused = document.activeElement;
    this.#parts.panel.hidden = count + failed + total.cancelled === 0;
    this.#find("sum").textContent = sumText(total);
    const bar = this.#find("all");
    bar.max = Math.max(1, total.bytes);
    bar.value = count === done ? bar.max : total.sentBytes;
    this.#find("pause").hidden = waiting + sending === 0;
    this.#find("resume").hidden = paused === 0;
    this.#find("retry").hidden = failed === 0;
    this.#find("cancel").hidden = waiting + sending + paused === 0;
    const seen = this.#find("seen");
    if (seen !== null) seen.hidden = waiting + sending > 0 || done === 0;
    this.#keepFocus(focused);
  }

  /** The button that had it may be gone. */
  #keepFocus(focused) {
    const { panel } = this.#parts;
    if (!panel.contains(focused) || !focused.hidden) return;
    const button = panel.querySelector(":scope > .actions > button:not([hidden])");
    (button ?? this.#find("sum")).focus();
  }

  #find(part) {
    return this.#parts.panel.querySelector(`[data-part=${part}]`);
  }
}

/** The files that are shown, in the order of the queue. */
function choose(uploads, hasFocus) {
  if (uploads.length <= MOST_ROWS) return new Set(uploads);
  const chosen = new Set(uploads.filter(hasFocus));
  for (const rank of RANKS) {
    for (const upload of uploads) {
      if (chosen.size >= MOST_ROWS) break;
      if (upload.state === rank) chosen.add(upload);
    }
  }
  return new Set(uploads.filter((upload) => chosen.has(upload)));
}

function sumText({ count, bytes, sentBytes, bytesPerSecond, done, failed }) {
  const texts = [`${done} of ${filesText(count)} sent`];
  if (failed > 0) texts.push(`${failed} not sent`);
  if (done < count) texts.push(`${sizeText(sentBytes)} of ${sizeText(bytes)}`);
  const pace = paceText(bytesPerSecond, bytes - sentBytes);
  return [...texts, ...(pace === "" ? [] : [pace])].join(" · ");
}

/** What is said when nothing is on its way any more. */
function restText({ done, paused, failed, cancelled }) {
  const texts = [`${filesText(done)} sent`];
  if (paused > 0) texts.push(`${paused} paused`);
  if (failed > 0) texts.push(`${failed} not sent`);
  if (cancelled > 0) texts.push(`${cancelled} cancelled`);
  return `${texts.join(", ")}.`;
}
