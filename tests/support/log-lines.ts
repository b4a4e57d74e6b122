import { pino } from "pino";
import type { Logger } from "../../common/platform/log.js";

export interface LogLines {
  readonly log: Logger;
  /** Every line so far, parsed. */
  readonly lines: Record<string, unknown>[];
  /** The same, as they were written. */
  readonly text: () => string;
}

/** A logger whose lines a test can read. */
export function collectLogLines(): LogLines {
  const written: string[] = [];
  const lines: Record<string, unknown>[] = [];
  const write = (line: string) => {
    written.push(line);
    lines.push(JSON.parse(line) as Record<string, unknown>);
  };
  return { log: pino({ level: "trace" }, { write }), lines, text: () => written.join("") };
}
