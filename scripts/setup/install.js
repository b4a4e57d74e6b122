import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CommandError, run } from "./run.js";

/** What would make npm install less than all, elsewhere, or nothing. An option stands above each setting of npm. */
const EVERYTHING_HERE = [
  ...["dev", "optional", "peer"].map((kind) => `--include=${kind}`),
  ...["--global=false", "--location=project", "--dry-run=false"],
  ...["--package-lock=true", "--package-lock-only=false", "--install-strategy=hoisted"],
];

/** What no option can take back. The programs that are started later still get it. */
const NOT_FOR_NPM =
  /^(?:NODE_ENV|INIT_CWD|npm_config_(?:workspaces?|include_workspace_root|local_prefix))$/i;

/**
 * Installs the packages if `node_modules` is missing or differs from `package-lock.json`, whatever the environment and the settings of
 * npm say about the kinds and the place of packages. No package's install script is run: none is needed.
 *
 * @param {string} root - The folder of `package.json`.
 * @param {(text: string) => void} say - Told what happens, if anything does.
 * @throws {CommandError} when npm fails, or does not install them.
 */
export async function ensureInstalled(root, say) {
  if (findMissing(root) === undefined) return;
  say("Installing packages with npm ...");
  const { command, args } = npm("ci", "--ignore-scripts", "--no-audit", "--no-fund");
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !NOT_FOR_NPM.test(name)),
  );
  await run(command, [...args, ...EVERYTHING_HERE, `--prefix=${root}`], { cwd: root, env });
  const missing = findMissing(root);
  if (missing !== undefined) throw new CommandError(`npm ci did not install ${missing}.`);
}

/**
 * npm keeps what it installed, in the form of the lock file, in `node_modules/.package-lock.json`.
 *
 * @param {string} root
 * @returns {string | undefined} what is missing, or has another version than it should.
 */
function findMissing(root) {
  const wanted = readPackages(join(root, "package-lock.json"));
  const installed = readPackages(join(root, "node_modules", ".package-lock.json"));
  if (wanted === undefined) return "package-lock.json";
  if (installed === undefined) return "node_modules";
  const missing = Object.entries(wanted).find(([path, { version, integrity, optional, link }]) => {
    const found = installed[path];
    // Workspaces are part of the repository, and run by their path.
    if (!path.startsWith("node_modules/") || link === true) return false;
    if (found === undefined && optional === true) return false;
    return found?.version !== version || found?.integrity !== integrity;
  });
  return missing?.[0];
}

/**
 * @param {string} path
 * @returns {Record<string, { version?: string, integrity?: string, optional?: boolean, link?: boolean }> | undefined}
 */
function readPackages(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8")).packages;
  } catch (error) {
    if (error.code === "ENOENT" || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The npm that runs us, or else the one that the PATH finds. @param {string[]} args */
function npm(...args) {
  const path = process.env.npm_execpath;
  return path?.endsWith(".js")
    ? { command: process.execPath, args: [path, ...args] }
    : { command: "npm", args };
}
