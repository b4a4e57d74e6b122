const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]{1,127}";
const MEDIA_TYPE = new RegExp(`^\\s*(${TOKEN}/${TOKEN})\\s*(?:;|$)`);

/** Shown by browsers in place, as detected: nothing among them can run anything. Everything else is only saved. */
const INLINE_TYPES = new Set([
  "audio/mpeg",
  "audio/ogg",
  "audio/wav",
  "image/avif",
  "image/gif",
  "image/jpeg",
  "image/png",
  "image/webp",
  "text/plain",
  "video/mp4",
  "video/webm",
]);

/**
 * The `type/subtype` of a `Content-Type` field in lower case, without parameters (RFC 9110 §8.3.1); `null` where there is none
 * or it has no valid form. It is kept as what a client claimed, and never served.
 */
export function claimedType(field: string): string | null {
  return MEDIA_TYPE.exec(field)?.[1]?.toLowerCase() ?? null;
}

/** Whether content of a detected type may be shown in a browser instead of being saved. */
export function isInlineType(detected: string | null): boolean {
  return detected !== null && INLINE_TYPES.has(detected);
}

/** The `Content-Type` to serve content with. */
export function servedType(detected: string | null): string {
  if (detected === "text/plain") return "text/plain; charset=utf-8";
  return detected ?? "application/octet-stream";
}
