import { goTo } from "../routing/place.js";
import type { Gesture } from "./selection.js";
import { hrefOf, type Workspace } from "./workspace.js";

interface Lines {
  /** Entries beside each other. */
  readonly columns: number;
  /** How far the page keys go. */
  readonly page: number;
  /** Scrolls until a row is in view. */
  readonly reveal: (index: number) => void;
}

interface Handlers {
  readonly onClick: (event: MouseEvent) => void;
  readonly onDblClick: (event: MouseEvent) => void;
  readonly onFocusIn: (event: FocusEvent) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

/** Which row something happened in; `undefined` for the headers. */
export function rowOf(target: EventTarget | null): number | undefined {
  const row = (target as Element | null)?.closest<HTMLElement>("[data-index]");
  return row === null || row === undefined ? undefined : Number(row.dataset["index"]);
}

const isIn = (target: EventTarget | null, selector: string) =>
  (target as Element | null)?.closest(selector) !== null;

function open({ listing }: Workspace, index: number): void {
  const entry = listing.view.value.at(index);
  const href = entry && hrefOf(entry);
  if (href?.startsWith("/drive") === true) goTo(href);
  else if (href !== undefined) location.assign(href);
}

/** How the keyboard and the pointer move through a list, and select in it. */
export function useGridKeys(workspace: Workspace, lines: Lines): Handlers {
  const { selection, listing } = workspace;
  const moveTo = (event: KeyboardEvent, step: number) => {
    const { count } = listing.view.value;
    const index = Math.max(0, Math.min(count - 1, selection.active.value + step));
    lines.reveal(index);
    if (event.shiftKey) void selection.choose(index, "range");
    else if (event.ctrlKey || event.metaKey) selection.active.value = index;
    else void selection.choose(index, "only");
  };
  return {
    onClick: (event) => {
      const index = rowOf(event.target);
      if (index === undefined || isIn(event.target, "button,input")) return;
      const gesture = gestureOf(event);
      if (gesture === "only" && isIn(event.target, "a")) return;
      event.preventDefault();
      void selection.choose(index, gesture);
    },
    onDblClick: (event) => {
      const index = rowOf(event.target);
      if (index !== undefined && !isIn(event.target, "a,button,input")) open(workspace, index);
    },
    onFocusIn: ({ target }) => {
      const index = rowOf(target);
      if (index !== undefined) selection.active.value = index;
    },
    onKeyDown: (event) => {
      if (rowOf(event.target) === undefined || isIn(event.target, "input[type=text]")) return;
      const step = stepOf(event.key, lines, listing.view.value.count);
      const { active } = selection;
      if (step !== undefined) moveTo(event, step);
      else if (event.key === "Enter" && !isIn(event.target, "button"))
        open(workspace, active.value);
      else if (event.key === " ") void selection.choose(active.value, spaceOf(event));
      else return;
      event.preventDefault();
    },
  };
}

const spaceOf = ({ shiftKey }: KeyboardEvent): Gesture => (shiftKey ? "range" : "toggle");

function gestureOf({ shiftKey, ctrlKey, metaKey }: MouseEvent): Gesture {
  if (shiftKey) return "range";
  return ctrlKey || metaKey ? "toggle" : "only";
}

/** How many rows a key moves on; `undefined` for keys that do not move. */
function stepOf(key: string, { columns, page }: Lines, count: number): number | undefined {
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: columns,
    ArrowUp: -columns,
    ...(columns > 1 && { ArrowRight: 1, ArrowLeft: -1 }),
    PageDown: page,
    PageUp: -page,
    Home: -count,
    End: count,
  };
  return steps[key];
}
