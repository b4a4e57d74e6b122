/** So many lines of a header are looked at. */
const MOST_LINES = 200;

/** What nearly every message says of itself beside its sender. */
const OTHERS = ["to", "cc", "subject", "date", "message-id", "received", "mime-version"];

/**
 * The type of text that begins with the header of a message (RFC 5322), or of a web page that was saved as one (RFC 2557).
 *
 * @returns `undefined` for other text.
 */
export function mailType(text: string): string | undefined {
  const isMailbox = /^From \S{1,200} {1,3}\w{3} \w{3} {1,2}\d/.test(text);
  const fields = headerOf(isMailbox ? text.slice(text.indexOf("\n") + 1) : text);
  const sender = fields.get("from") ?? fields.get("return-path") ?? fields.get("received");
  const isPage = /^multipart\/related\b/i.test(fields.get("content-type") ?? "");
  if (isPage && fields.has("mime-version") && !isPerson(sender)) return "multipart/related";
  if (sender === undefined || !OTHERS.some((name) => fields.has(name))) return undefined;
  return isMailbox ? "application/mbox" : "message/rfc822";
}

const isPerson = (sender: string | undefined) =>
  sender !== undefined && !/^<Saved by /i.test(sender);

/** Header fields with their values, up to the first line that is not a field. */
function headerOf(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of text.split("\n", MOST_LINES)) {
    const plain = line.replace(/\r$/, "");
    if (plain === "") break;
    const [, name, value = ""] = /^([!-9;-~]{1,76}):[ \t]*(.*)$/.exec(plain) ?? [];
    if (name !== undefined) fields.set(name.toLowerCase(), value);
    // A line that begins with a blank continues the one before.
    else if (!/^[ \t]/.test(plain) || fields.size === 0) break;
  }
  return fields;
}
