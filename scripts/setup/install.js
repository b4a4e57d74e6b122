import { readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./run.js";

/**
 * Installs the packages if `node_modules` is missing or differs from `package-lock.json`. No package's install script
 * is run: none is needed.
 *
 * @param {string} root - The folder of `package.json`.
 * @param {(text: string) => void} say - Told what happens, if anything does.
 */
export async function ensureInstalled(root, say) {
  if (isInstalled(root)) return;
  say("Installing packages with npm ...");
  const { command, args } = npm("ci", "--ignore-scripts", "--no-audit", "--no-fund");
  await run(command, args, { cwd: root });
}

/**
 * npm keeps what it installed, in the form of the lock file, in `node_modules/.package-lock.json`.
 *
 * @param {string} root
 */
function isInstalled(root) {
  const wanted = readPackages(join(root, "package-lock.json"));
  const installed = readPackages(join(root, "node_modules", ".package-lock.json"));
  if (wanted === undefined || installed === undefined) return false;
  return Object.entries(wanted).every(([path, { version, integrity, optional, link }]) => {
    const found = installed[path];
    // Workspaces are part of the repository, and run by their path.
    if (!path.startsWith("node_modules/") || link === true) return true;
    if (found === undefined && optional === true) return true;
    return found?.version === version && found?.integrity === integrity;
  });
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
