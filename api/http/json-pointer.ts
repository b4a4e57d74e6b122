/** The JSON pointer (RFC 6901) that leads along these keys; empty for none. */
export const jsonPointer = (keys: readonly string[]): string =>
  keys.map((key) => `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
