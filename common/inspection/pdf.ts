import { inflateSync, constants } from "node:zlib";

/** So many object streams of a part are looked into; so much of each is unpacked, and of all. */
const MOST_OBJECT_STREAMS = 1000;
const MAX_STREAM_BYTES = 2 * 1024 ** 2;
const MAX_UNPACKED_BYTES = 16 * 1024 ** 2;

/** What makes a reader run something: scripts, programs, media with scripts and forms with scripts (ISO 32000, §12.6). */
const ACTIONS = /\/(?:JavaScript|Launch|RichMedia)(?![A-Za-z])|\/XFA[\s[]/;
const ENCRYPTED = /\/Encrypt[\s<]/;
/** How far a stream's first byte may lie behind the word that names its kind. */
const MAX_DICTIONARY_CHARACTERS = 4096;

/** What a part of a PDF says. */
export interface PdfPart {
  readonly isActive: boolean;
  readonly isEncrypted: boolean;
}

/**
 * Looks for scripts and other actions in a part of a PDF, also in the compressed streams that have its objects. Names may be written with
 * numbers for letters (`/J#61vaScript`).
 */
export function pdfPart(part: Buffer): PdfPart {
  const text = part.toString("latin1");
  const isActive = hasActions(text) || hasActionsIn(objectStreamsIn(part, text));
  return { isActive, isEncrypted: ENCRYPTED.test(text) };
}

function hasActions(text: string): boolean {
  if (ACTIONS.test(text)) return true;
  if (!text.includes("#")) return false;
  const plain = text.replace(/#([0-9a-fA-F]{2})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
  return ACTIONS.test(plain);
}

function hasActionsIn(streams: Iterable<string>): boolean {
  for (const stream of streams) if (hasActions(stream)) return true;
  return false;
}

/** The object streams of a part, one after the other. */
function* objectStreamsIn(part: Buffer, text: string): Generator<string, void, undefined> {
  let at = text.indexOf("/ObjStm");
  let leftBytes = MAX_UNPACKED_BYTES;
  for (let n = 0; at !== -1 && leftBytes > 0 && n < MOST_OBJECT_STREAMS; n += 1) {
    const first = startOfStream(text, at);
    if (first !== undefined) {
      const stream = unpacked(part.subarray(first), Math.min(leftBytes, MAX_STREAM_BYTES));
      leftBytes -= stream.length;
      yield stream;
    }
    at = text.indexOf("/ObjStm", at + 1);
  }
}

function startOfStream(text: string, from: number): number | undefined {
  const after = text.slice(from, from + MAX_DICTIONARY_CHARACTERS);
  const word = /stream(?:\r\n|\r|\n)/.exec(after);
  return word === null ? undefined : from + word.index + word[0].length;
}

/** What is no such data is as good as empty. What is too large counts as much as was unpacked of it. */
function unpacked(packed: Buffer, maxOutputLength: number): string {
  try {
    const limits = { maxOutputLength, finishFlush: constants.Z_SYNC_FLUSH };
    return inflateSync(packed, limits).toString("latin1");
  } catch (error) {
    const isTooLarge = error instanceof RangeError;
    return isTooLarge ? " ".repeat(maxOutputLength) : "";
  }
}
