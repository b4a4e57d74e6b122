import { stdout } from "node:process";
import { pino, type Logger } from "pino";
import { patientLines } from "./output.js";

export type { Logger } from "pino";

/** Field names that never reach a log, wherever they stand in the first two levels of an entry. */
const SECRET_FIELDS = ["password", "passwordHash", "cookie", "authorization", "token", "secret"];

/**
 * One JSON line per entry on standard output. Line breaks and control characters in values are escaped by JSON, so a value
 * from outside cannot forge a line. Nobody waits for the output to be read (see {@link patientLines}).
 *
 * @param level - `fatal`, `error`, `warn`, `info`, `debug`, `trace` or `silent`.
 */
export function createLogger({ level, part }: { level: string; part: string }): Logger {
  const options = {
    level,
    base: { part },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]), remove: true },
  };
  return pino(options, patientLines(stdout));
}
