/**
 * Whether a name matches a pattern, in which `*` stands for any characters, also none. Letter case does not count. Takes at most as many steps as
 * the product of both lengths.
 */
export function matchesPattern(pattern: string, name: string): boolean {
  const [first = "", ...others] = pattern.toLowerCase().normalize("NFC").split("*");
  const text = name.toLowerCase();
  if (!text.startsWith(first)) return false;
  const last = others.pop();
  if (last === undefined) return text === first;
  let at = first.length;
  for (const part of others) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
