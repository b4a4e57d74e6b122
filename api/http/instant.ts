/** RFC 3339 in UTC, with or without milliseconds. */
export const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/;

/** The last instant that {@link INSTANT} can write, in milliseconds since 1970. */
const LAST = Date.parse("9999-12-31T23:59:59.999Z");

/** The instant of a text that {@link INSTANT} describes. */
export const instantOf = (text: string | undefined) =>
  text === undefined ? undefined : new Date(text);

/** The instant of a text as {@link INSTANT} describes it; `undefined` for any other text. */
export function parseInstant(text: string): Date | undefined {
  const at = new Date(text);
  return INSTANT.test(text) && !Number.isNaN(at.getTime()) ? at : undefined;
}

/**
 * The instant of a number in decimal digits, with or without a fraction, cut to whole milliseconds; `undefined` for any other text.
 *
 * @param unitMs - How many milliseconds one is: 1,000 for seconds since 1970.
 */
export function parseEpoch(text: string, unitMs: number): Date | undefined {
  if (!/^\d{1,15}(\.\d{1,9})?$/.test(text)) return undefined;
  const milliseconds = Math.floor(Number(text) * unitMs);
  return milliseconds <= LAST ? new Date(milliseconds) : undefined;
}
