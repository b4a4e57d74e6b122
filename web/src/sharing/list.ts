import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { type Ask, ask, type Page } from "../http/api.js";
import { MISSED, onChange } from "../live/changes.js";

interface State<T> {
  readonly items?: readonly T[];
  readonly nextCursor: string | null;
  readonly fault?: unknown;
}

/** A list of the API, as far as it was read. */
export interface List<T> {
  /** `undefined` until the first page is there. */
  readonly items: readonly T[] | undefined;
  readonly fault: unknown;
  readonly hasMore: boolean;
  readonly more: () => Promise<void>;
  /** Reads it from the start. What is shown stays until the answer is there. */
  readonly reload: () => Promise<void>;
  /** Shows something else in the place of what was read. */
  readonly replace: (change: (items: readonly T[]) => readonly T[]) => void;
}

interface Source {
  readonly path: string;
  readonly query?: Ask["query"];
  /** The list is read again when something of these types happens: the first word of `link.used`. */
  readonly follows?: string;
}

const LIMIT = 100;
const MOST = 1000;

/** Reads a list page by page, and again when it changes. */
export function useList<T>({ path, query, follows }: Source): List<T> {
  const state = useSignal<State<T>>({ nextCursor: null });
  const key = JSON.stringify([path, query]);
  const page = (limit: number, cursor?: string) =>
    ask<Page<T>>("GET", path, { query: { limit, ...query, cursor } });
  // An answer that a later request has overtaken is not shown.
  const asked = useRef(0);
  const show = (turn: number, next: State<T>) => {
    if (turn === asked.current) state.value = next;
  };
  const reload = () => {
    const turn = ++asked.current;
    return page(Math.min(Math.max(LIMIT, state.value.items?.length ?? 0), MOST)).then(
      (first) => {
        show(turn, first);
      },
      (fault: unknown) => {
        show(turn, { nextCursor: null, fault });
      },
    );
  };
  useEffect(() => {
    state.value = { nextCursor: null };
    void reload();
  }, [key]);
  useFollowing({ follows, key }, reload);
  return {
    ...read(state),
    reload,
    more: async () => {
      const turn = ++asked.current;
      const next = await page(LIMIT, state.value.nextCursor ?? undefined);
      show(turn, { ...next, items: [...(state.value.items ?? []), ...next.items] });
    },
    replace: (change) => {
      asked.current++;
      state.value = { ...state.value, items: change(state.value.items ?? []) };
    },
  };
}

function read<T>({ value }: Signal<State<T>>) {
  const { items, fault, nextCursor } = value;
  return { items, fault, hasMore: nextCursor !== null };
}

/** Reads a list again when it changes, and when somebody comes back to the page: not everything has events. */
function useFollowing(
  { follows, key }: { readonly follows: string | undefined; readonly key: string },
  reload: () => Promise<void>,
): void {
  useEffect(() => {
    const look = () => {
      if (document.visibilityState === "visible") void reload();
    };
    document.addEventListener("visibilitychange", look);
    const stop = onChange(({ type }) => {
      const isOurs = follows !== undefined && type.startsWith(`${follows}.`);
      if (isOurs || type === MISSED) void reload();
    });
    return () => {
      document.removeEventListener("visibilitychange", look);
      stop();
    };
  }, [follows, key]);
}
