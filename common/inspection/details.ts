/**
 * What is known of a content beside its type, as far as it says so itself. What does not apply, and what cannot be read, is missing. Where a picture
 * was taken is never part of it.
 */
export interface Details {
  /** Of text, as its beginning shows. */
  readonly encoding?: string;
  /** Of an image or video as it is shown, in pixels. */
  readonly width?: number;
  readonly height?: number;
  /** How an image is to be turned, 1 to 8 (EXIF). */
  readonly orientation?: number;
  /** When a picture was taken: local time, with the offset from UTC where the camera says it. */
  readonly takenAt?: string;
  /** Maker and model. */
  readonly camera?: string;
  /** Of audio and video. */
  readonly durationMs?: number;
  /** Of audio, in bits per second. */
  readonly bitRate?: number;
  readonly title?: string;
  readonly artist?: string;
  readonly album?: string;
  readonly pageCount?: number;
  readonly slideCount?: number;
  readonly sheetCount?: number;
}

/** So long may each text be. */
const MOST_CHARACTERS = 200;

/** Text that some content says of itself, in one line; `undefined` where nothing is left of it. */
export function shortText(text: unknown): string | undefined {
  if (typeof text !== "string") return undefined;
  // What has no sense without its other half cannot be stored, and what changes the direction of writing would change what stands beside it.
  const plain = text.replace(/[\p{C}\s\ufffd]+/gu, " ").trim();
  return plain === "" ? undefined : Array.from(plain).slice(0, MOST_CHARACTERS).join("");
}

/** A whole number from 1 to a limit; `undefined` for everything else. */
export function countOf(value: unknown, most = 2 ** 31): number | undefined {
  const number = Math.round(Number(value));
  return number >= 1 && number <= most ? number : undefined;
}

/** Without what is `undefined`. */
export function detailsOf(found: {
  readonly [K in keyof Details]: Details[K] | undefined;
}): Details {
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}
