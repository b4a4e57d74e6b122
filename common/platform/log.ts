import { pino, type Logger } from "pino";

export type { Logger } from "pino";

/** Field names that never reach a log, wherever they stand in the first two levels of an entry. */
const SECRET_FIELDS = ["password", "passwordHash", "cookie", "authorization", "token", "secret"];

/**
 * One JSON line per entry on standard output. Line breaks and control characters in values are escaped by JSON, so a value
 * from outside cannot forge a line.
 *
 * @param level - `fatal`, `error`, `warn`, `info`, `debug`, `trace` or `silent`.
 */
export function createLogger({ level, part }: { level: string; part: string }): Logger {
  return pino({
    level,
    base: { part },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]), remove: true },
  });
}
