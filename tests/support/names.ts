const long = (bytes: number) => "n".repeat(bytes);

/** Names that are kept exactly as they are. */
export const KEPT_NAMES: readonly string[] = [
  "a",
  long(255),
  "ü".repeat(127),
  "emoji 😀.png",
  "naïve café.txt",
  "CON",
  "C:x",
  ".htaccess",
  "~",
  "-rf",
  "$(id)",
  "`id`",
  ";ls",
  "|x",
  "%2e%2e%2f",
  "%252e",
  "100%25.txt",
  "%0a%0d%20",
  "=1+1.csv",
  'quote".txt',
  '12" vinyl; side "B".txt',
  "trailing dot.",
  " spaces ",
  "<script>.html",
  "__proto__",
  "تقرير ١٤\u200f-٣\u200f-٢٠٢٤.pdf",
  "\u061c١٤ مارس\u061c.txt",
  "left\u200e to right\u200f.txt",
  "می\u200cخواهم.txt",
  "क्\u200dष.txt",
  "👩\u200d👩\u200d👧 ❤\ufe0f.jpg",
  "葛\u{e0100}飾区.txt",
  "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}.png",
  "soft\u00adhyphen, zero\u200bwidth, word\u2060joiner.txt",
];

/** A name as browsers write it into a form (WHATWG, "multipart/form-data encoding algorithm"). */
export function escapeFormName(name: string): string {
  return name.replace(/["\r\n]/g, encodeURIComponent);
}
