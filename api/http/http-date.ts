const IMF_FIXDATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
const RFC_850 = /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/;
const ASCTIME = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/;

/**
 * Reads a date in one of the three forms that RFC 9110 §5.6.7 demands to be understood.
 *
 * @returns Whole seconds since 1970, or `undefined` for anything else: what carries such a date is then to be ignored.
 */
export function parseHttpDate(field: string): number | undefined {
  const isKnown = IMF_FIXDATE.test(field) || RFC_850.test(field) || ASCTIME.test(field);
  const milliseconds = isKnown ? Date.parse(field.replace(/(?: GMT)?$/, " GMT")) : Number.NaN;
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}

/** A point in time as HTTP's dates have it: without fractions of a second. */
export function wholeSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
