import { inspect, stripVTControlCharacters } from "node:util";
import { parseObject } from "../parts/readiness.js";

/** pino's levels; what people see by default begins at 40. @type {Record<number, string>} */
const LEVELS = { 10: "trace", 20: "debug", 30: "info", 40: "warn", 50: "error", 60: "fatal" };
const WARN = 40;

/** Fields of a log line that say nothing to the person at the terminal. */
const ROUTINE_FIELDS = new Set(["level", "time", "pid", "hostname", "msg", "name", "stack"]);

const COLOURS = { bold: 1, red: 31, green: 32, yellow: 33, cyan: 36, dim: 90 };

/** What a terminal that nobody reads may hold back; beyond this, lines are dropped. */
const MAX_WAITING_BYTES = 1024 ** 2;

/** @typedef {keyof typeof COLOURS} Colour */

/** What people see of Stowage in their terminal: few lines, and nothing that a log line could disguise as one. */
export class Terminal {
  #output;
  #isVerbose;

  /**
   * @param {NodeJS.WriteStream} output
   * @param {{ isVerbose: boolean }} options
   */
  constructor(output, { isVerbose }) {
    this.#output = output;
    this.#isVerbose = isVerbose;
    // That nobody reads it any more (EPIPE) is no reason to stop what it tells of.
    output.on("error", () => undefined);
  }

  say(text = "") {
    if (this.#output.writableLength > MAX_WAITING_BYTES) return;
    this.#output.write(`${text}\n`);
  }

  /**
   * A table of what a newcomer wants to know, under a title.
   *
   * @param {string} title
   * @param {[label: string, value: string][]} rows
   */
  banner(title, rows) {
    const width = Math.max(...rows.map(([label]) => label.length));
    this.say(`\n  ${this.#paint("green", "●")} ${this.#paint("bold", title)}\n`);
    for (const [label, value] of rows) {
      this.say(`    ${this.#paint("dim", label.padEnd(width))}   ${value}`);
    }
    this.say();
  }

  /** @param {string | URL} url */
  link(url) {
    return this.#paint("cyan", String(url));
  }

  /**
   * @param {Colour} colour
   * @param {string} text
   */
  notice(colour, text) {
    this.say(`  ${this.#paint(colour, "●")} ${text}`);
  }

  /**
   * Shows a line that a part printed, if it is a warning or more, not JSON on stderr, or everything is wanted.
   *
   * @param {string} name
   * @param {"stdout" | "stderr"} stream
   * @param {string} text
   */
  logLine(name, stream, text) {
    const entry = parseObject(text);
    /** @type {number} */
    const level = entry?.level ?? (stream === "stderr" && entry === undefined ? WARN : 0);
    if (level < WARN && !this.#isVerbose) return;
    const colour = level >= 50 ? "red" : level >= WARN ? "yellow" : "dim";
    const label = this.#paint(colour, `${name.padEnd(8)} ${(LEVELS[level] ?? "").padEnd(5)}`);
    this.say(`  ${label} ${printable(typeof entry?.msg === "string" ? describe(entry) : text)}`);
  }

  /**
   * @param {Colour} colour
   * @param {string} text
   */
  #paint(colour, text) {
    const isColoured = this.#output.isTTY === true && !process.env.NO_COLOR;
    return isColoured ? `\u001b[${COLOURS[colour]}m${text}\u001b[0m` : text;
  }
}

/** @param {Record<string, any>} entry */
function describe(entry) {
  const fields = Object.entries(entry)
    .filter(([name]) => !ROUTINE_FIELDS.has(name))
    .map(([name, value]) => `${name}=${summarise(value)}`);
  return [entry.msg, ...fields].join("  ");
}

/** An error is its message here; its stack is in the log file. @param {any} value */
function summarise(value) {
  if (typeof value === "string") return value;
  if (typeof value?.message === "string") return value.message || String(value.code ?? value.type);
  return inspect(value, { breakLength: Infinity, compact: true, depth: 2 });
}

/** Log lines carry what clients sent: none of it may move the cursor, change colours or begin a line. @param {string} text */
function printable(text) {
  return stripVTControlCharacters(text).replace(/[\p{Cc}\p{Cf}]/gu, " ");
}
