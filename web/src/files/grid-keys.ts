import { open } from "./commands.js";
import type { Gesture } from "./selection.js";
import type { Workspace } from "./workspace.js";

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
  readonly onContextMenu: (event: MouseEvent) => void;
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

/** Opens the menu of what is selected, with a row that is selected then. */
export function openMenu(workspace: Workspace, index: number, at: Point): void {
  const { selection, listing, above } = workspace;
  const entry = listing.view.value.at(index);
  if (entry === undefined) return;
  if (!selection.has(entry)) void selection.choose(index, "only");
  above.value = { kind: "menu", ...at };
}

interface Point {
  readonly x: number;
  readonly y: number;
}

function openRow({ listing }: Workspace, index: number): void {
  const entry = listing.view.value.at(index);
  if (entry !== undefined) open(entry);
}

type Pointing = Omit<Handlers, "onKeyDown">;

function pointing(workspace: Workspace): Pointing {
  const { selection } = workspace;
  return {
    onClick: (event) => {
      const index = rowOf(event.target);
      if (index === undefined || isIn(event.target, "button,input")) return;
      const gesture = gestureOf(event);
      if (gesture === "only" && isIn(event.target, "a")) return;
      event.preventDefault();
      void selection.choose(index, gesture);
    },
    onContextMenu: (event) => {
      const index = rowOf(event.target);
      if (index === undefined || isIn(event.target, "input[type=text]")) return;
      event.preventDefault();
      openMenu(workspace, index, menuPoint(event));
    },
    onDblClick: (event) => {
      const index = rowOf(event.target);
      if (index !== undefined && !isIn(event.target, "a,button,input")) openRow(workspace, index);
    },
    onFocusIn: ({ target }) => {
      const index = rowOf(target);
      if (index !== undefined) selection.active.value = index;
    },
  };
}

/** How the keyboard and the pointer move through a list, and select in it. */
export function gridHandlers(workspace: Workspace, lines: Lines): Handlers {
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
    ...pointing(workspace),
    onKeyDown: (event) => {
      if (rowOf(event.target) === undefined || isIn(event.target, "input[type=text]")) return;
      const step = event.altKey ? undefined : stepOf(event.key, lines, listing.view.value.count);
      const { active } = selection;
      if (step !== undefined) moveTo(event, step);
      else if (event.key === "Enter" && !isIn(event.target, "button")) {
        openRow(workspace, active.value);
      } else if (event.key === " " && !isIn(event.target, "button,input")) {
        void selection.choose(active.value, spaceOf(event));
      } else return;
      event.preventDefault();
    },
  };
}

/** Below the row, if it was opened with the keyboard. */
function menuPoint({ clientX, clientY, target }: MouseEvent): Point {
  if (clientX > 0 || clientY > 0) return { x: clientX, y: clientY };
  const box = (target as Element).getBoundingClientRect();
  return { x: box.left + box.width / 4, y: box.bottom };
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
