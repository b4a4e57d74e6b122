/** What one request took of one account. */
export interface Column {
  /** The median, and the longest. */
  readonly ms: number;
  readonly mostMs: number;
  /** The median CPU time of the thread of the web process's event loop. */
  readonly cpuMs: number;
  /** How long the event loop was held at once: the median of the longest of each request, and the longest of all. On a busy machine that has what others held the core for. */
  readonly holdMs: number;
  readonly mostHoldMs: number;
}

export interface Row {
  readonly title: string;
  /** In the order of the accounts, the smallest first. */
  readonly columns: readonly Column[];
}

/** A Markdown table. The ratio is that of the last account to the first. */
export function tableOf(sizes: readonly number[], rows: readonly Row[]): string {
  const each = sizes.flatMap((size) => {
    const of = `of ${size.toLocaleString("en")}`;
    return [`${of}, ms`, "most", "CPU", "held", "most held"];
  });
  const head = ["request", ...each, "ratio"];
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(head),
    line(head.map((_, n) => (n === 0 ? "---" : "---:"))),
    ...rows.map(({ title, columns }) => {
      const ratio = (columns.at(-1)?.ms ?? Number.NaN) / (columns[0]?.ms ?? Number.NaN);
      return line([title, ...columns.flatMap(cellsOf), ratio.toFixed(2)]);
    }),
  ].join("\n");
}

const cellsOf = ({ ms, mostMs, cpuMs, holdMs, mostHoldMs }: Column) =>
  [ms, mostMs, cpuMs, holdMs, mostHoldMs].map((figure) => figure.toFixed(1));

export function median(figures: readonly number[]): number {
  return figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN;
}
