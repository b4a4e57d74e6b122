import { useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useLayoutEffect } from "preact/hooks";
import type { Range } from "./pages.js";

/** Rows above and below the visible ones, so that scrolling shows no gap. */
const AROUND = 8;

interface Layout {
  /** Of each line, in pixels of CSS. */
  readonly lineHeight: number;
  /** Entries beside each other. */
  readonly columns: number;
  readonly count: number;
}

/** Which entries of a list lie in the window, with some above and below. The list scrolls with the page. */
export function useWindow(element: RefObject<HTMLElement | null>, layout: Layout): Range {
  const { lineHeight, columns, count } = layout;
  const seen = useSignal({ top: 0, height: innerHeight });
  useLayoutEffect(() => {
    const measure = () => {
      const top = -(element.current?.getBoundingClientRect().top ?? 0);
      const { value } = seen;
      const isSame = Math.floor(value.top / lineHeight) === Math.floor(top / lineHeight);
      if (!isSame || value.height !== innerHeight) seen.value = { top, height: innerHeight };
    };
    measure();
    addEventListener("scroll", measure, { passive: true });
    addEventListener("resize", measure);
    return () => {
      removeEventListener("scroll", measure);
      removeEventListener("resize", measure);
    };
  }, [lineHeight, columns, element.current]);
  const { top, height } = seen.value;
  const line = Math.floor(top / lineHeight);
  const lines = Math.ceil(height / lineHeight) + 2 * AROUND;
  const first = Math.max(0, line - AROUND) * columns;
  return { first: Math.min(first, count), end: Math.min(count, first + lines * columns) };
}

/** The height of what sticks to the top of the window, in pixels of CSS. */
const STICKY = 100;

/** Scrolls so far that a line of a list is in view, below what sticks to the top of the window. */
export function scrollToLine(list: HTMLElement, line: number, lineHeight: number): void {
  const top = list.getBoundingClientRect().top + line * lineHeight;
  if (top < STICKY) scrollBy({ top: top - STICKY, behavior: "instant" });
  else if (top + lineHeight > innerHeight) {
    scrollBy({ top: top + lineHeight - innerHeight, behavior: "instant" });
  }
}
