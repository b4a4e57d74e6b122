import { execFile } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { PYTHON } from "./programs.js";

const run = promisify(execFile);

// Beside the installed packages of npm: no build lists it, and `npm ci` takes it away.
const CACHE = fileURLToPath(
  new URL("../../../node_modules/.cache/python-clients", import.meta.url),
);

/**
 * A Python with packages from PyPI: the path of its interpreter. The first call for a list makes a virtual environment, for which it
 * waits on the network (give `beforeAll` two minutes); later calls and other test files use the same one. Tests that call it are
 * `needs("python3-venv")`.
 *
 * @param packages each with its exact version: `["requests==2.32.5"]`
 */
export async function pythonWith(packages: readonly string[]): Promise<string> {
  const key = createHash("sha256")
    .update([PYTHON, ...packages].join("\n"))
    .digest("hex")
    .slice(0, 16);
  const environment = join(CACHE, key);
  if (!existsSync(environment)) await makeEnvironment(environment, packages);
  return join(environment, "bin", "python3");
}

/** Test files run at once: each that finds no environment makes one of its own, and the first that is whole gets the name. */
async function makeEnvironment(environment: string, packages: readonly string[]): Promise<void> {
  await mkdir(CACHE, { recursive: true });
  const own = `${environment}-${randomUUID()}`;
  try {
    await run(PYTHON, ["-m", "venv", own]);
    await run(join(own, "bin", "python3"), ["-m", "pip", "install", "--quiet", ...packages]);
    await symlink(own, environment);
  } catch (error) {
    await rm(own, { recursive: true, force: true });
    if (!existsSync(environment)) throw error;
  }
}
