import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { Columns } from "./columns.js";
import { gridHandlers } from "./grid-keys.js";
import type { Range } from "./pages.js";
import { Row } from "./row.js";
import type { Order } from "./sources.js";
import { scrollToLine, useWindow } from "./window.js";
import type { Layout, Workspace } from "./workspace.js";

/** In pixels of CSS, as `room.css` has them: all lines are equally high. */
const LINE_HEIGHT = 52;
const TILE_HEIGHT = 196;
const TILE_WIDTH = 168;

interface Props {
  readonly workspace: Workspace;
  readonly layout: Layout;
  /** What it is sorted by; `undefined` if that cannot be chosen. */
  readonly order?: Order | undefined;
  readonly label: string;
  /** What the times are, if not when the entries were added. */
  readonly dated?: string | undefined;
  readonly showsPath?: boolean;
}

/** A list of any length. Only the rows in view, and the one with the focus, are in the document. */
export function EntryGrid({ workspace, layout, order, label, dated, showsPath = false }: Props) {
  const { listing, selection } = workspace;
  const { count, isCounted } = listing.view.value;
  const body = useRef<HTMLDivElement>(null);
  const width = useWidth(body);
  const columns = layout === "list" ? 1 : Math.max(1, Math.floor(width / TILE_WIDTH));
  const lineHeight = layout === "list" ? LINE_HEIGHT : TILE_HEIGHT;
  const { first, end } = useWindow(body, { lineHeight, columns, count });
  const lines = Math.ceil(count / columns);
  useEffect(() => {
    listing.want({ first, end });
  }, [listing, first, end, count]);
  const reveal = (index: number) => {
    if (body.current !== null) {
      scrollToLine(body.current, Math.floor(index / columns), lineHeight);
    }
  };
  const handlers = gridHandlers(workspace, { columns, page: Math.max(1, end - first), reveal });
  useFocus(body, workspace);
  return (
    <div
      role="grid"
      class={`entries as-${layout}`}
      aria-label={label}
      aria-multiselectable={true}
      aria-rowcount={isCounted ? count + 1 : -1}
      {...handlers}
    >
      <Columns {...{ order, dated }} />
      <div ref={body} role="rowgroup" class="body" style={{ height: `${lines * lineHeight}px` }}>
        {indices({ first, end }, selection.active.value, count).map((index) => (
          <Row
            key={index}
            {...{ workspace, layout, index, showsPath }}
            at={{
              x: (index % columns) * (width / columns),
              y: Math.floor(index / columns) * lineHeight,
              width: width / columns,
            }}
          />
        ))}
      </div>
    </div>
  );
}

/** The rows to draw, in order: those in the window, and the one with the focus, which must not leave the document. */
function indices({ first, end }: Range, active: number, count: number): readonly number[] {
  const seen = Array.from({ length: end - first }, (_, n) => first + n);
  if (active >= count || (active >= first && active < end)) return seen;
  return active < first ? [active, ...seen] : [...seen, active];
}

/** The width of the list, in pixels of CSS. */
function useWidth(element: { readonly current: HTMLElement | null }): number {
  const width = useSignal(0);
  useLayoutEffect(() => {
    const { current } = element;
    if (current === null) return undefined;
    const observer = new ResizeObserver(() => (width.value = current.clientWidth));
    width.value = current.clientWidth;
    observer.observe(current);
    return () => {
      observer.disconnect();
    };
  }, []);
  return width.value;
}

/**
 * Gives the focus to the active row when the keyboard moves it, and back to it when the rows around it are exchanged: a browser takes the
 * focus from an element that is put elsewhere in the document.
 */
function useFocus(body: { readonly current: HTMLElement | null }, { selection }: Workspace) {
  const active = selection.active.value;
  // This is before the rows are exchanged.
  const before = document.activeElement;
  const row = before?.closest<HTMLElement>("[data-index]") ?? null;
  useLayoutEffect(() => {
    if (row === null || (body.current?.contains(row) === false && row.isConnected)) return;
    const isLost = document.activeElement !== before;
    const isElsewhere = before === row && row.dataset["index"] !== String(active);
    if (!isLost && !isElsewhere) return;
    const next = body.current?.querySelector<HTMLElement>(`[data-index="${active}"]`);
    next?.focus({ preventScroll: true });
  });
}
