import type { ReadStream } from "node:tty";
import { passwordFault } from "../accounts/passwords.js";

/** No password is longer in UTF-8. */
const MOST_BYTES = 8192;

/** A password cannot be used, or nobody gave one. */
export class NoPasswordError extends Error {}

interface Terminal {
  readonly input: Pick<ReadStream, "isTTY" | "setRawMode" | "pause"> & AsyncIterable<Buffer>;
  /** Where questions go: not to the standard output, which others read. */
  readonly output: { write(text: string): unknown };
}

/**
 * Asks for a new password: twice and unseen at a terminal, else the first line of the input counts.
 *
 * @throws {@link NoPasswordError}
 */
export async function askNewPassword({ input, output }: Terminal): Promise<string> {
  const lines = input.isTTY ? typedLines({ input, output }) : [await firstLine(input)];
  const answers: string[] = [];
  for await (const line of lines) answers.push(line);
  const [password = "", again = password] = answers;
  if (password !== again) throw new NoPasswordError("The passwords are not the same");
  const fault = passwordFault(password);
  if (fault !== undefined) throw new NoPasswordError(`The password ${fault}`);
  return password;
}

async function firstLine(input: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of input) {
    pieces.push(piece);
    bytes += piece.length;
    if (piece.includes("\n") || bytes > MOST_BYTES) break;
  }
  const [line = ""] = Buffer.concat(pieces).toString("utf8").split(/\r?\n/, 1);
  return line;
}

const ENTER = /[\r\n]/;
const INTERRUPT = "\u0003";
const END = "\u0004";
const RUB_OUT = /[\u007F\b]/;

/** Two lines that are typed and not shown. */
async function* typedLines({ input, output }: Terminal): AsyncGenerator<string> {
  input.setRawMode(true);
  try {
    const keys = keysOf(input);
    for (const question of ["New password: ", "The same again: "]) {
      output.write(question);
      const line = await typedLine(keys);
      output.write("\n");
      yield line;
    }
  } finally {
    input.setRawMode(false);
    input.pause();
  }
}

async function* keysOf(input: AsyncIterable<Buffer>): AsyncGenerator<string, undefined> {
  for await (const piece of input) yield* piece.toString("utf8");
  return undefined;
}

async function typedLine(keys: AsyncIterator<string, undefined>): Promise<string> {
  const typed: string[] = [];
  for (;;) {
    const { value: key } = await keys.next();
    if (key === undefined || key === INTERRUPT || key === END) {
      throw new NoPasswordError("Interrupted");
    }
    if (ENTER.test(key)) return typed.join("");
    if (RUB_OUT.test(key)) typed.pop();
    else typed.push(key);
  }
}
