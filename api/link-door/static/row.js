/* global document */
import { paceText, sizeText } from "./texts.js";

const STATE_TEXTS = {
  waiting: "waiting",
  sending: "",
  paused: "paused",
  done: "sent",
  failed: "not sent",
  cancelled: "cancelled",
};

/** What the first button does in each state; none where it is not shown. */
const TURNS = {
  waiting: "Pause",
  sending: "Pause",
  paused: "Resume",
  failed: "Try again",
  cancelled: "Try again",
};

/** One file of the list. */
export class Row {
  item = make("li");
  #upload;
  #title = make("span", "name");
  #bar = make("progress");
  #state = make("span", "state");
  #turn = make("button");
  #cancel = make("button", "quiet");

  /** @param queue - Which the buttons act on. */
  constructor(upload, queue) {
    this.#upload = upload;
    const { path, file } = upload;
    this.#title.textContent = path;
    this.#title.tabIndex = -1;
    this.#bar.max = Math.max(1, file.size);
    this.#bar.setAttribute("aria-label", `Progress of ${path}`);
    this.#cancel.textContent = "Cancel";
    this.#cancel.setAttribute("aria-label", `Cancel ${path}`);
    this.#turn.addEventListener("click", () => {
      if (TURNS[upload.state] === "Pause") queue.pause(upload);
      else queue.again(upload);
    });
    this.#cancel.addEventListener("click", () => queue.cancel(upload));
    for (const button of [this.#turn, this.#cancel]) button.type = "button";
    const actions = make("span", "actions");
    actions.append(this.#turn, this.#cancel);
    this.item.append(this.#title, actions, this.#bar, this.#state);
  }

  get hasFocus() {
    return this.item.contains(document.activeElement);
  }

  show() {
    const { state, sentBytes, path } = this.#upload;
    const focused = document.activeElement;
    this.item.className = state;
    this.#bar.hidden = state !== "sending" && state !== "paused";
    this.#bar.value = sentBytes;
    this.#state.textContent = stateText(this.#upload);
    const turn = TURNS[state];
    this.#turn.hidden = turn === undefined;
    if (turn !== undefined && this.#turn.textContent !== turn) {
      this.#turn.textContent = turn;
      this.#turn.setAttribute("aria-label", `${turn} ${path}`);
    }
    this.#cancel.hidden = state === "done" || state === "cancelled";
    // The button that had it is gone.
    if (this.item.contains(focused) && focused.hidden) {
      (this.#turn.hidden ? this.#title : this.#turn).focus();
    }
  }
}

function stateText({ state, note, file, sentBytes, speed }) {
  if (state !== "sending") {
    const texts = [sizeText(file.size), STATE_TEXTS[state]];
    return note === "" ? texts.join(", ") : `${texts.join(", ")}: ${note}`;
  }
  if (note !== "") return note;
  const percent = `${Math.floor((100 * sentBytes) / Math.max(1, file.size))} % of ${sizeText(file.size)}`;
  const pace = paceText(speed.bytesPerSecond, file.size - sentBytes);
  return pace === "" ? percent : `${percent}, ${pace}`;
}

function make(name, className = "") {
  const element = document.createElement(name);
  if (className !== "") element.className = className;
  return element;
}
