import { typeByName } from "./name-endings.js";
import { classOf, type TypeClass } from "./type-class.js";

/** That a content is something else than it pretends to be. */
export interface TypeMismatch {
  /** What its uploader claimed, where that disagrees. */
  readonly claimed: string | null;
  /** What the ending of its name stands for, where that disagrees. */
  readonly byName: string | null;
  readonly found: string;
  /** One sentence for people. */
  readonly reason: string;
}

/** What is known of a file's type. */
export interface TypeClues {
  readonly name: string;
  readonly claimedType: string | null;
  /** What was found; `null` as long as nobody looked. */
  readonly type: string | null;
}

/** What each class is called in a sentence. */
const WORDS: Readonly<Record<TypeClass, string>> = {
  program: "a program",
  script: "a script",
  markup: "a page that a browser may run",
  macros: "a document with macros",
  office: "an office document",
  pdf: "a PDF or PostScript document",
  image: "an image",
  audio: "audio",
  video: "video",
  font: "a font",
  archive: "an archive",
  text: "text",
  other: "something else",
};

/** What is expected, and what may be found then without a word. Each class goes with itself and with `other`. */
const SILENT: Readonly<Record<TypeClass, readonly TypeClass[]>> = {
  // Harmless content may call itself dangerous.
  program: [
    "script",
    "markup",
    "macros",
    "office",
    "pdf",
    "image",
    "audio",
    "video",
    "font",
    "archive",
    "text",
  ],
  script: ["markup", "text"],
  markup: ["script", "image", "text"],
  // These are archives or compound files, in which their kind cannot always be found.
  macros: ["office", "archive", "text"],
  office: ["archive", "text"],
  pdf: [],
  image: [],
  audio: ["video"],
  video: ["audio"],
  font: [],
  archive: ["office", "macros"],
  text: ["script", "markup"],
  other: Object.keys(WORDS) as TypeClass[],
};

/** Claims that programs make of anything, or that stand for several kinds of files: MPEG transport streams and TypeScript end in `.ts`. */
const NO_CLAIM =
  /^(?:application|binary)\/octet-stream$|^application\/(?:x-www-form-urlencoded|x-download|force-download|unknown)$|^multipart\/|^video\/(?:mp2t|vnd\.dlna\.mpeg-tts)$/;

/**
 * Whether name, claim and content disagree in a way that matters: a program called `.pdf`, a page called `.jpg`. It does not matter which kind of image,
 * text or archive something is, what cannot be known, and content that calls itself more dangerous than it is.
 *
 * @returns `null` where nothing matters.
 */
export function typeMismatch({ name, claimedType, type }: TypeClues): TypeMismatch | null {
  if (type === null) return null;
  const isClaim = claimedType !== null && !NO_CLAIM.test(claimedType);
  const claimed = isClaim && disagrees(claimedType, type) ? claimedType : null;
  const named = typeByName(name);
  const byName = named !== null && disagrees(named, type) ? named : null;
  const expected = byName ?? claimed;
  if (expected === null) return null;
  const said = byName === null ? "The uploader says" : "The name says";
  const reason = `${said} ${WORDS[classOf(expected)]}, but the content is ${WORDS[classOf(type)]}`;
  return { claimed, byName, found: type, reason };
}

function disagrees(expected: string, found: string): boolean {
  const [expectedClass, foundClass] = [classOf(expected), classOf(found)];
  if (foundClass === "other" || foundClass === expectedClass) return false;
  return !SILENT[expectedClass].includes(foundClass);
}
