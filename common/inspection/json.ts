const MARK = /[ \t\r\n]*([{}[\],:])/y;
const STRING = /[ \t\r\n]*"(?:[^"\\\p{Cc}]|[\u0080-\u009f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"/uy;
const SCALAR = /[ \t\r\n]*(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/y;

/** What of a cut text may be a token without its end. */
const UNFINISHED = /^[ \t\r\n]*(?:"(?:[^"\\]|\\.)*\\?|[-+.\w]{0,400})$/s;

type Expected = "value" | "value or ]" | "key" | "key or }" | "colon" | "comma or end" | "nothing";

/**
 * Whether text is JSON (RFC 8259) whose outermost value is an object or an array.
 *
 * @param isWhole - If not, it only has to go on as JSON could.
 */
export function isJson(text: string, isWhole: boolean): boolean {
  if (!/^\s{0,1000}[{[]/.test(text)) return false;
  const reader = new JsonReader(text);
  while (reader.expected !== "nothing") {
    if (!reader.step()) return !isWhole && UNFINISHED.test(reader.rest);
  }
  return reader.rest.trim() === "";
}

/** Whether text has several lines, each of which is JSON. */
export function isJsonLines(text: string, isWhole: boolean): boolean {
  const lines = text.split("\n");
  if (!isWhole || lines.at(-1) === "") lines.pop();
  return lines.length > 1 && lines.every((line) => isJson(line, true));
}

/** Goes through the tokens of a text, one after the other. */
class JsonReader {
  readonly #text: string;
  readonly #open: string[] = [];
  #at = 0;
  #expected: Expected = "value";

  constructor(text: string) {
    this.#text = text;
  }

  get expected(): Expected {
    return this.#expected;
  }

  /** What was not read yet. */
  get rest(): string {
    return this.#text.slice(this.#at);
  }

  /** @returns Whether the next token is there, and may stand where it does. */
  step(): boolean {
    const mark = this.#read(MARK);
    if (mark !== undefined) return this.#takeMark(mark.trim());
    if (this.#expected.startsWith("key")) {
      this.#expected = "colon";
      return this.#read(STRING) !== undefined;
    }
    if (!this.#expected.startsWith("value")) return false;
    this.#expected = "comma or end";
    return (this.#read(STRING) ?? this.#read(SCALAR)) !== undefined;
  }

  #read(token: RegExp): string | undefined {
    token.lastIndex = this.#at;
    const found = token.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #takeMark(mark: string): boolean {
    if (mark === "{" || mark === "[") return this.#enter(mark);
    if (mark === "}" || mark === "]") return this.#leave(mark);
    if (mark === ":") return this.#go("colon", "value");
    return this.#go("comma or end", this.#open.at(-1) === "{" ? "key" : "value");
  }

  #enter(mark: "{" | "["): boolean {
    if (!this.#expected.startsWith("value")) return false;
    this.#open.push(mark);
    this.#expected = mark === "{" ? "key or }" : "value or ]";
    return true;
  }

  #leave(mark: "}" | "]"): boolean {
    const isEnd = this.#expected === "comma or end" || this.#expected.endsWith(`or ${mark}`);
    if (!isEnd || this.#open.pop() !== (mark === "}" ? "{" : "[")) return false;
    this.#expected = this.#open.length === 0 ? "nothing" : "comma or end";
    return true;
  }

  #go(from: Expected, to: Expected): boolean {
    const isExpected = this.#expected === from;
    this.#expected = to;
    return isExpected;
  }
}
