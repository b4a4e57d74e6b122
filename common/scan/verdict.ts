import { ScannerError } from "./errors.js";

/** What the scanner says of some content. */
export type Verdict =
  | { readonly kind: "clean" }
  | { readonly kind: "infected"; readonly signature: string }
  /** Larger than the scanner takes, or than it looks into: what it has seen of it is clean. */
  | { readonly kind: "too-large" }
  /** The scanner cannot look into it. */
  | { readonly kind: "encrypted" };

/**
 * What an answer of clamd means. With `AlertExceedsMax` and `AlertEncrypted` clamd reports what it could not look into as if it had found
 * something (man clamd.conf).
 *
 * @throws ScannerError for an answer that is no verdict.
 */
export function parseVerdict(reply: string): Verdict {
  if (/^stream: OK$/.test(reply)) return { kind: "clean" };
  const [, signature] = /^stream: ([!-~]{1,512}) FOUND$/.exec(reply) ?? [];
  if (signature !== undefined) return found(signature);
  if (/size limit exceeded/i.test(reply)) return { kind: "too-large" };
  throw new ScannerError("The virus scanner gave no verdict", {
    hasBegun: true,
    cause: new Error(JSON.stringify(reply.slice(0, 200))),
  });
}

function found(signature: string): Verdict {
  if (signature.startsWith("Heuristics.Limits.Exceeded")) return { kind: "too-large" };
  if (signature.startsWith("Heuristics.Encrypted")) return { kind: "encrypted" };
  return { kind: "infected", signature };
}

/**
 * The number of the database, which grows: `27001` of `ClamAV 1.4.6/27001/Tue Dec …`. 0 where clamd has none but databases of the operator's
 * own, which have no number.
 *
 * @throws ScannerError for an answer that is no version.
 */
export function parseDatabase(version: string): number {
  const [, database] = /^ClamAV [^\s/]{1,64}(?:\/(\d{1,9})(?:\/.*)?)?$/.exec(version) ?? [""];
  if (!version.startsWith("ClamAV ")) {
    throw new ScannerError("The virus scanner does not say its version", { hasBegun: false });
  }
  return Number(database ?? 0);
}
