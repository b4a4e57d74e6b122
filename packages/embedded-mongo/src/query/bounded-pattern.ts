import { createContext, Script } from "node:vm";
import { CommandError } from "../errors.js";

/** MongoDB's code for a regular expression that ran into its match limit. */
const MATCH_LIMIT_EXCEEDED = 51156;

/** Steps that a match may take, by the worst estimate, without somebody looking at the clock: about 10 ms. */
const FREE_STEPS = 1_000_000;

/** How long one guarded match may take, in milliseconds: others wait for it. An honest one needs a fraction. */
const MATCH_LIMIT_MS = 50;

/** Bytes of text for which a guarded match gets one millisecond more. */
const BYTES_PER_MS = 64 * 1024;

/** What can make a backtracking matcher try again, in the source of a regular expression. */
interface Choices {
  /** Quantifiers, each of which may stop at any character of the text. */
  readonly quantifiers: number;
  readonly alternatives: number;
  /** A group with choices inside is itself repeated: attempts may double with each character. */
  readonly isNested: boolean;
}

/** Escapes and classes as a whole, the start of a group, its end, an alternative, a quantifier that leaves a choice. */
const TOKEN =
  /\\[pPu]\{[^}]*\}|\\.|\[(?:\\.|[^\]\\])*\]|\((?:\?(?:[:=!]|<[=!]|<\w+>))?|\)|\||[*+?]\??|\{\d+(?:,\d*)?\}\??/gsu;

/**
 * A regular expression that cannot hold up the server. JavaScript's matcher backtracks: on `(a+)+$` and thirty
 * characters it takes minutes, and nothing else runs meanwhile. Where the pattern and the length of the text allow no
 * more than {@link FREE_STEPS} it runs as it is; else under a clock, which costs 40 µs more and ends it.
 */
export class BoundedPattern {
  readonly #regex: RegExp;
  readonly #choices: Choices;
  readonly #scope: { test: () => boolean };
  #text = "";
  #guarded: (() => unknown) | undefined;

  constructor(regex: RegExp) {
    this.#regex = regex;
    this.#choices = choicesOf(regex.source);
    this.#scope = { test: () => this.#regex.test(this.#text) };
  }

  /** @throws CommandError 51156 when the match takes too long. */
  test(text: string): boolean {
    if (worstSteps(this.#choices, text.length) <= FREE_STEPS) return this.#regex.test(text);
    this.#text = text;
    this.#guarded ??= this.#compileGuarded();
    try {
      return this.#guarded() === true;
    } catch (error) {
      if (!isTimeout(error)) throw error;
      throw new CommandError(
        MATCH_LIMIT_EXCEEDED,
        "Error occurred while executing the regular expression: it takes too long on some text; avoid repetitions inside of repetitions",
      );
    }
  }

  #compileGuarded(): () => unknown {
    const context = createContext(this.#scope);
    const script = new Script("test()");
    return () => {
      const timeout = MATCH_LIMIT_MS + Math.ceil(this.#text.length / BYTES_PER_MS);
      return script.runInContext(context, { timeout }) as unknown;
    };
  }
}

/** The error comes out of the other context, where `Error` is another class. */
function isTimeout(error: unknown): boolean {
  if (typeof error !== "object" || error === null || !("code" in error)) return false;
  return error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
}

/** An upper estimate: a match may begin anywhere, and each choice multiplies what follows. */
function worstSteps({ quantifiers, alternatives, isNested }: Choices, length: number): number {
  if (isNested) return Infinity;
  return (length + 1) ** (quantifiers + 1) * 2 ** alternatives;
}

/** @param source - Of a valid regular expression with the flag u. */
function choicesOf(source: string): Choices {
  const choices = { quantifiers: 0, alternatives: 0, isNested: false };
  const count = () => choices.quantifiers + choices.alternatives;
  /** How many choices there were when each open group began. */
  const open: number[] = [];
  let lastGroup = { end: -1, choices: 0 };
  for (const { 0: token, index } of source.matchAll(TOKEN)) {
    if (isQuantifier(token)) {
      const repeatsChoices = lastGroup.end === index && lastGroup.choices > 0;
      choices.isNested ||= repeatsChoices && !token.startsWith("?");
      if (!/^\{\d+\}/.test(token)) choices.quantifiers += 1;
    } else if (token.startsWith("(")) open.push(count());
    else if (token === "|") choices.alternatives += 1;
    else if (token === ")") lastGroup = { end: index + 1, choices: count() - (open.pop() ?? 0) };
  }
  return choices;
}

function isQuantifier(token: string): boolean {
  return /^[*+?{]/.test(token);
}
