import { goTo } from "../routing/place.js";
import type { Column, Order } from "./sources.js";
import { fileWords } from "./words.js";
import { withQuery } from "./workspace.js";

const COLUMNS = ["name", "size", "date"] as const;

/** Sorts the list by a column, in the other direction if it is sorted by it already. */
export function sortBy(order: Order): void {
  goTo(withQuery({ sort: order === "name" ? undefined : order }), { replaces: true });
}

/** The order that a click on a column leads to. Large and new things come first. */
export function nextOrder(column: Column, order: Order): Order {
  if (order === column) return `-${column}`;
  if (order === `-${column}`) return column;
  return column === "name" ? column : `-${column}`;
}

const sorted = (column: Column, order: Order) => {
  if (order === column) return "ascending";
  return order === `-${column}` ? "descending" : "none";
};

interface Props {
  readonly order: Order | undefined;
  /** What the times are, if not when the entries were added. */
  readonly dated: string | undefined;
}

/** The headers of the columns, which sort by them. */
export function Columns({ order, dated }: Props) {
  const t = fileWords.value;
  return (
    <div role="row" class="columns" aria-rowindex={1}>
      <span role="columnheader" class="check">
        <span class="hidden">{t.selected}</span>
      </span>
      {COLUMNS.map((column) => (
        <span
          key={column}
          role="columnheader"
          class={column}
          aria-sort={order === undefined ? undefined : sorted(column, order)}
        >
          {order === undefined ? (
            column === "date" ? (
              (dated ?? t.date)
            ) : (
              t[column]
            )
          ) : (
            <button
              type="button"
              onClick={() => {
                sortBy(nextOrder(column, order));
              }}
            >
              {t[column]}
            </button>
          )}
        </span>
      ))}
    </div>
  );
}
