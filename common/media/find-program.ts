import { execFile } from "node:child_process";

/**
 * The path of a program.
 *
 * @param name - A path, or a name that is searched for in the folders of `PATH`.
 * @returns `undefined` if it is not installed, or cannot be run.
 */
export function findProgram(name: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    // Only the shell has the environment of this process, never the program.
    execFile("/bin/sh", ["-c", 'command -v -- "$0"', name], (error, stdout) => {
      const path = stdout.trim();
      resolve(error === null && path.startsWith("/") ? path : undefined);
    });
  });
}
