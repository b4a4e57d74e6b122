import { spawn } from "node:child_process";
import { once } from "node:events";
import { basename, join } from "node:path";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];

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
  const child = spawn(command, args, { stdio: "inherit", ...options });
  const forward = (signal) => child.kill(signal);
  for (const signal of SIGNALS) process.on(signal, forward);
  const [code, signal] = await once(child, "exit");
  for (const name of SIGNALS) process.off(name, forward);
  if (code !== 0)
    throw new CommandError(`${describe(command, args)} ended with ${signal ?? code}.`);
}

/** Runs a program of an installed package, given by its file inside `node_modules`. */
export function runInstalled(path, args, { root, nodeOptions = [], env = process.env }) {
  const program = join(root, "node_modules", path);
  return run(process.execPath, [...nodeOptions, program, ...args], { cwd: root, env });
}

/** The program's name and its arguments, without Node.js and its options. */
function describe(command, args) {
  const program = args.findIndex((arg) => !arg.startsWith("--"));
  const words = command === process.execPath ? args.slice(program) : [command, ...args];
  return [basename(words[0]), ...words.slice(1)].join(" ");
}
