import { spawn } from "node:child_process";
import { once } from "node:events";
import { basename, join } from "node:path";
import { text } from "node:stream/consumers";

const SIGNALS = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]);

/** A command of ours ended with another code than 0, or was killed. */
export class CommandError extends Error {}

/**
 * Runs a command to its end in this terminal. A signal that would end us ends the command, and then is an error of it.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {import("node:child_process").SpawnOptions} [options]
 * @throws {CommandError} when it does not end with 0.
 */
export async function run(command, args, options = {}) {
  await untilEnded(spawn(command, args, { stdio: "inherit", ...options }), command, args);
}

/**
 * The same beside something that uses the terminal: what the command prints is shown when it has failed, in one piece.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {import("node:child_process").SpawnOptions} [options]
 */
export async function runQuietly(command, args, options = {}) {
  const child = spawn(command, args, { ...options, stdio: "pipe" });
  child.stdin.end();
  const output = Promise.all([text(child.stdout), text(child.stderr)]);
  try {
    await untilEnded(child, command, args);
  } catch (error) {
    console.error((await output).join(""));
    throw error;
  }
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @param {string} command
 * @param {string[]} args
 * @throws {CommandError} when it does not end with 0.
 */
async function untilEnded(child, command, args) {
  const forward = (/** @type {NodeJS.Signals} */ signal) => child.kill(signal);
  for (const signal of SIGNALS) process.on(signal, forward);
  const [code, signal] = await once(child, "exit");
  for (const name of SIGNALS) process.off(name, forward);
  if (code !== 0)
    throw new CommandError(`${describe(command, args)} ended with ${signal ?? code}.`);
}

/**
 * Runs a program of an installed package, given by its file inside `node_modules`.
 *
 * @param {string} path
 * @param {string[]} args
 * @param {{ root: string, nodeOptions?: string[], env?: NodeJS.ProcessEnv, runWith?: typeof run }} options - `runWith` is
 * {@link run} or {@link runQuietly}.
 */
export function runInstalled(path, args, options) {
  const { root, nodeOptions = [], env = process.env, runWith = run } = options;
  const program = join(root, "node_modules", path);
  return runWith(process.execPath, [...nodeOptions, program, ...args], { cwd: root, env });
}

/**
 * The program's name and its arguments, without Node.js and its options.
 *
 * @param {string} command
 * @param {string[]} args
 */
function describe(command, args) {
  const program = args.findIndex((arg) => !arg.startsWith("--"));
  const [name = "", ...rest] =
    command === process.execPath ? args.slice(program) : [command, ...args];
  return [basename(name), ...rest].join(" ");
}
