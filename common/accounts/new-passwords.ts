import { InvalidRequestError } from "../platform/errors.js";
import { type CommonPasswords, foldPassword } from "./common-passwords.js";
import type { Passwords } from "./passwords.js";

const PRODUCT = "stowage";

/** What a new password is for. */
export interface NewPasswordUse {
  /** Of the account. */
  readonly username: string;
  /** What the request calls the password. */
  readonly field: "password" | "newPassword";
  /** Aborted when nobody waits for the answer any more. */
  readonly signal?: AbortSignal | undefined;
}

interface Deps {
  readonly passwords: Pick<Passwords, "hash">;
  readonly common: Pick<CommonPasswords, "has">;
}

/** Hashes passwords that somebody chose, unless they are among the first that others would guess. What they are composed of does not count. */
export class NewPasswords {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * @param password - Checked by the caller (`passwordFault`).
   * @throws {@link InvalidRequestError} when the password is easy to guess; its message says why.
   * @throws BusyError when too many passwords are being hashed.
   */
  async hash(password: string, { username, field, signal }: NewPasswordUse): Promise<string> {
    const reason = this.#weaknessOf(password, username);
    if (reason !== undefined) {
      const detail = `${field} is too easy to guess: it is ${reason}`;
      throw new InvalidRequestError([{ in: "body", pointer: `/${field}`, detail }]);
    }
    return this.#deps.passwords.hash(password, signal);
  }

  #weaknessOf(password: string, username: string): string | undefined {
    if (isSequence(foldPassword(password))) return "one character again and again, or a sequence";
    if (isMadeOf(password, username)) return "your username";
    if (isMadeOf(password, PRODUCT)) return "the name of this software";
    return this.#deps.common.has(password) ? "one of the most common passwords" : undefined;
  }
}

/** Whether each character follows the one before in the same way: `aaaa`, `abcd`, `4321`. */
function isSequence(text: string): boolean {
  const codes = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  const steps = new Set(codes.slice(1).map((code, index) => code - (codes[index] ?? 0)));
  const [step = 0] = steps;
  return steps.size === 1 && Math.abs(step) <= 1;
}

/** Whether a password is a word with nothing but digits and signs around it: `johanna`, `Johanna1998!`. */
function isMadeOf(password: string, word: string): boolean {
  const [given, context] = [foldPassword(password), foldPassword(word)];
  return given === context || (core(context) !== "" && core(given) === core(context));
}

const core = (text: string) => text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, "");
