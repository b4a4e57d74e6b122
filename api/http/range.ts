import { RangeNotSatisfiableError } from "./errors.js";

const MOST_RANGES = 32;
const RANGES = /^bytes=(.*)$/is;
const RANGE = /^(?:(\d+)-(\d*)|-(\d+))$/;

/** A window of bytes; both ends inclusive. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/**
 * Resolves a `Range` field against content of a known size (RFC 9110 §14.2).
 *
 * @param field - The raw field value, for example `bytes=0-499,-100`.
 * @param sizeBytes - The length of the whole content.
 * @returns The ranges to send with 206, in the order they were asked for; or `undefined` when the field must or may be ignored
 * and everything is sent with 200: another unit, an invalid form, more than 32 ranges, or ranges that together are longer
 * than the content.
 * @throws {@link RangeNotSatisfiableError} when no byte lies in any of the ranges; always so for empty content.
 */
export function resolveRanges(field: string, sizeBytes: number): ByteRange[] | undefined {
  const list = RANGES.exec(field.trim())?.[1];
  if (list === undefined) return undefined;
  const specs = list
    .split(",")
    .map((spec) => spec.trim())
    .filter((spec) => spec !== "");
  if (specs.length === 0 || specs.length > MOST_RANGES) return undefined;

  const ranges: ByteRange[] = [];
  for (const spec of specs) {
    const range = resolveRange(spec, sizeBytes);
    if (range === "invalid") return undefined;
    if (range !== "unsatisfiable") ranges.push(range);
  }
  if (ranges.length === 0) throw new RangeNotSatisfiableError(sizeBytes);
  const totalBytes = ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  return totalBytes > sizeBytes ? undefined : ranges;
}

/** Digits beyond 2^53 lose precision, and stay far beyond the end of any content. */
function resolveRange(spec: string, sizeBytes: number): ByteRange | "invalid" | "unsatisfiable" {
  const match = RANGE.exec(spec);
  if (match === null) return "invalid";
  const [, firstText, lastText, suffixText] = match;
  if (suffixText !== undefined) {
    const suffixBytes = Math.min(Number(suffixText), sizeBytes);
    if (suffixBytes === 0) return "unsatisfiable";
    return { first: sizeBytes - suffixBytes, last: sizeBytes - 1 };
  }
  const first = Number(firstText);
  const last = lastText === "" ? Number.POSITIVE_INFINITY : Number(lastText);
  if (last < first) return "invalid";
  if (first >= sizeBytes) return "unsatisfiable";
  return { first, last: Math.min(last, sizeBytes - 1) };
}
