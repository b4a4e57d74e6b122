import { spawn } from "node:child_process";
import { once } from "node:events";

/** A command of ours ended with another code than 0, or was killed. */
export class CommandError extends Error {}

/**
 * Runs a command to its end in this terminal.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {import("node:child_process").SpawnOptions} [options]
 * @throws {CommandError} when it does not end with 0.
 */
export async function run(command, args, options = {}) {
  const child = spawn(command, args, { stdio: "inherit", ...options });
  const [code, signal] = await once(child, "exit");
  if (code !== 0)
    throw new CommandError(`${command} ${args.join(" ")}: ended with ${signal ?? code}`);
}

/** Runs a program of an installed package, by the path of its file inside `node_modules`. */
export function runInstalled(path, args, { nodeOptions = [], ...options } = {}) {
  const program = `${options.cwd ?? process.cwd()}/node_modules/${path}`;
  return run(process.execPath, [...nodeOptions, program, ...args], options);
}
