/**
 * A `Content-Disposition` field for any Unicode name (RFC 6266): `filename=` in plain ASCII for old clients, and the name itself
 * as `filename*=` in UTF-8 (RFC 8187). Koa's own sends the first in Latin-1, and the second only sometimes.
 */
export function contentDisposition(kind: "inline" | "attachment", name: string): string {
  return `${kind}; filename="${asciiName(name)}"; filename*=UTF-8''${extendedValue(name)}`;
}

/**
 * Without accents; what is left beyond ASCII, or means something inside quotes, in a path or to clients that decode `%`, is
 * `_`. Canonical decomposition only: the compatible one makes a path separator of `℀`.
 */
function asciiName(name: string): string {
  return name
    .normalize("NFD")
    .replace(/\p{Mn}/gu, "")
    .replace(/[^\x20-\x7e]|["\\/%]/gu, "_");
}

/** RFC 8187 §3.2.1: all but `attr-char` is percent-encoded; half a character becomes U+FFFD. */
function extendedValue(name: string): string {
  const text = name.replace(/\p{Surrogate}/gu, "\ufffd");
  return encodeURIComponent(text).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
