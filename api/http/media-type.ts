/** RFC 6838 §4.2. */
const NAME = "[a-z0-9][a-z0-9!#$&^_.+-]{0,126}";
const MEDIA_TYPE = new RegExp(`^(${NAME}/${NAME})[ \\t]*(?:;|$)`);

/**
 * The type that a client claims for its content, in lower case and without parameters.
 *
 * @returns `null` where there is none, or none in the form of RFC 6838: nothing else is ever stored or shown.
 */
export function claimedMediaType(contentType: string | undefined): string | null {
  return MEDIA_TYPE.exec((contentType ?? "").trim().toLowerCase())?.[1] ?? null;
}

/**
 * Types that no browser runs anything of, shown as they are; everything else is downloaded. PDF is not among them: it has
 * scripts and forms, and the viewers that would run them do not obey the page's sandbox.
 */
const INLINE = new Set([
  "image/png",
  "image/jpeg",
  "image/gif",
  "image/webp",
  "image/avif",
  "application/json",
]);

/**
 * Text that is shown as plain text, whatever it is. A script that came with the type of scripts would be one that a page of ours may load.
 * Other types of text (HTML, XML) are not among them.
 */
const PLAIN = /^text\/(?:plain|csv|tab-separated-values|javascript|x-.+)$|^application\/x-ndjson$/;

/** How stored content may be shown. */
export interface Presentation {
  readonly contentType: string;
  readonly disposition: "inline" | "attachment";
}

/**
 * How content may be shown, by the type that was found in it; never by the one that was claimed.
 *
 * @param detectedType - `null` as long as nobody looked.
 * @param encoding - Of text, as it was found. Default: UTF-8.
 */
export function presentationOf(
  detectedType: string | null,
  encoding?: string | null,
): Presentation {
  const contentType = claimedMediaType(detectedType ?? "") ?? "application/octet-stream";
  if (INLINE.has(contentType)) return { contentType, disposition: "inline" };
  if (!PLAIN.test(contentType)) return { contentType, disposition: "attachment" };
  return { contentType: `text/plain; charset=${encoding ?? "utf-8"}`, disposition: "inline" };
}

/** With these, a browser that shows uploaded content runs nothing of it, in no frame, and asks again before it reuses it. */
export const CONTENT_HEADERS = {
  "Cache-Control": "private, no-cache",
  "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
} as const;

/** With these instead, only a page of this origin shows it in a frame. */
export const OWN_FRAME_HEADERS = {
  "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'self'",
  "X-Frame-Options": "SAMEORIGIN",
} as const;
