import { language } from "./language.js";

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte", "petabyte"] as const;

/** A size for people, in steps of 1,000. */
export function sizeText(bytes: number): string {
  const step = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), UNITS.length - 1);
  const value = bytes / 1000 ** step;
  return new Intl.NumberFormat(language.value, {
    style: "unit",
    unit: UNITS[step] ?? "byte",
    unitDisplay: step === 0 ? "long" : "short",
    maximumFractionDigits: step === 0 || value >= 100 ? 0 : 1,
  }).format(value);
}

/** A number for people. */
export const numberText = (value: number): string =>
  new Intl.NumberFormat(language.value).format(value);

/** A time for people, with the day and the minute. @param time - RFC 3339. */
export function timeText(time: string): string {
  const form = { dateStyle: "medium", timeStyle: "short" } as const;
  return new Intl.DateTimeFormat(language.value, form).format(new Date(time));
}

/** A day for people. @param time - RFC 3339. */
export const dayText = (time: string): string =>
  new Intl.DateTimeFormat(language.value, { dateStyle: "medium" }).format(new Date(time));
