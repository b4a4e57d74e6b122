const MAX_FOLDED_BYTES = 512;

/** The printable characters of ASCII have one form only. */
const ASCII = /^[\x20-\x7e]*$/;
const COMBINING_MARKS = /\p{Mn}/gu;
const NUMBER = /[0-9]+/g;

/** No name has a control character, so that this sorts before all that a name may go on with. */
const END = "\u0001";

/**
 * Folds a text for searching: without accents, letter case and forms of compatibility (NFKD). Lower, upper and lower case in turn make
 * `ẞ`, `ß` and `ss` the same. Both forms of the small sigma become one, because a final sigma may not be final in a longer name.
 */
export function fold(text: string): string {
  if (ASCII.test(text)) return cutToBytes(text.toLowerCase(), MAX_FOLDED_BYTES);
  const folded = text
    .normalize("NFKD")
    .replace(COMBINING_MARKS, "")
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .replaceAll("ς", "σ")
    .normalize("NFC");
  return cutToBytes(folded, MAX_FOLDED_BYTES);
}

/**
 * The key by which names sort as people expect, byte by byte and without a collation: `a2` comes before `a10`. Each number gets its
 * length before it, without leading zeros. Names that differ in leading zeros alone sort by these.
 */
export function sortKey(folded: string): string {
  const zeros: string[] = [];
  const key = withLengths(folded, (count) => zeros.push(String.fromCharCode(2 + count)));
  const hasZeros = zeros.some((count) => count !== "\u0002");
  return cutToBytes(hasZeros ? key + END + zeros.join("") : key, MAX_FOLDED_BYTES);
}

/** How the {@link sortKey} of all names begins that begin with a folded text, as far as that is certain: a last number may go on. */
export function sortKeyPrefix(folded: string): string {
  const certain = folded.replace(/[0-9]+$/, "");
  return cutToBytes(withLengths(certain), MAX_FOLDED_BYTES);
}

function withLengths(folded: string, note: (zeros: number) => unknown = () => undefined): string {
  return folded.replace(NUMBER, (run) => {
    const digits = run.replace(/^0+(?=.)/, "");
    note(run.length - digits.length);
    return lengthMark(digits.length) + digits;
  });
}

/** Numbers sort between the characters that digits sort between, so the mark is made of digits. */
const lengthMark = (length: number) =>
  length < 9 ? String(length) : `9${String(length).padStart(3, "0")}`;

/** The longest beginning of a text that has at most so many bytes in UTF-8, without half a character at its end. */
export function cutToBytes(text: string, maxBytes: number): string {
  // A code unit has at most three bytes.
  if (text.length * 3 <= maxBytes) return text;
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return text;
  let end = maxBytes;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end).toString();
}
