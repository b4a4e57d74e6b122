/** The codings in which text is sent, the best first (RFC 9110 §8.4.1). */
export const CODINGS = ["br", "gzip"] as const;

export type Coding = (typeof CODINGS)[number];

/** One element of `Accept-Encoding` (RFC 9110 §12.5.3), with its weight (§12.4.2). */
const ELEMENT = /^([!#$%&'*+.^_`|~0-9a-z-]+)[ \t]*(?:;[ \t]*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?$/;

/**
 * Chooses how to send a text, by the request's `Accept-Encoding` (RFC 9110 §12.5.3): the coding with the largest weight, of equal ones the best.
 * A malformed element is ignored. Where nothing is acceptable, the text is sent as it is (§12.4.1).
 *
 * @param field - The raw field value; `undefined` without the field.
 */
export function chooseCoding(field: string | undefined): Coding | "identity" {
  const weights = readWeights(field ?? "");
  const weightOf = (coding: Coding) => weights.get(coding) ?? weights.get("*") ?? 0;
  const [best = "br"] = CODINGS.toSorted((a, b) => weightOf(b) - weightOf(a));
  const identity = weights.get("identity") ?? 0;
  return weightOf(best) > 0 && weightOf(best) >= identity ? best : "identity";
}

function readWeights(field: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  for (const element of field.toLowerCase().split(",")) {
    const [, name, weight = "1"] = ELEMENT.exec(element.trim()) ?? [];
    // `x-gzip` is an old name of `gzip` (RFC 9110 §8.4.1.3).
    if (name !== undefined) weights.set(name === "x-gzip" ? "gzip" : name, Number(weight));
  }
  return weights;
}
