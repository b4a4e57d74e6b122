import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { InUseError, lockFolder } from "./folder-lock.js";
import { UsageError } from "./options.js";

/**
 * The folder that holds everything: `mongo/` (the embedded store), `logs/`, `secrets.json` and, while in use, `lock`.
 *
 * @typedef {object} DataFolder
 * @property {string} path
 * @property {string} mongo
 * @property {string} logs
 * @property {string} sessionSecrets - As `SESSION_SECRETS` wants them.
 * @property {() => void} release - Lets another start use the folder.
 */

/**
 * Creates the folder where it is missing (readable by its owner only) and takes it for this process.
 *
 * @param {string} path
 * @returns {DataFolder}
 * @throws {UsageError} when it cannot be written, is in use, or its secrets can be read by others.
 */
export function openDataFolder(path) {
  const folders = { path, mongo: join(path, "mongo"), logs: join(path, "logs") };
  try {
    for (const folder of Object.values(folders))
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    const release = lockFolder(path);
    return { ...folders, sessionSecrets: loadSessionSecrets(path), release };
  } catch (error) {
    throw explain(error, path);
  }
}

/**
 * @param {NodeJS.ErrnoException} error
 * @param {string} path
 */
function explain(error, path) {
  const choose = "choose another folder with --data DIR";
  if (error instanceof InUseError) {
    return new UsageError(
      `Stowage is already running on ${path} (process ${error.pid}). Stop it first, or ${choose}.`,
    );
  }
  if (error.code === undefined) return error;
  return new UsageError(`Cannot write to the data folder ${path} (${error.code}): ${choose}.`);
}

/** Reads the secrets, or makes them at the first start. Sessions signed with them outlive a restart. @param {string} folder */
function loadSessionSecrets(folder) {
  const path = join(folder, "secrets.json");
  const existing = readSessionSecrets(path);
  if (existing !== undefined) return existing;
  const sessionSecrets = randomBytes(32).toString("base64url");
  writeFileSync(`${path}.new`, JSON.stringify({ sessionSecrets }), { mode: 0o600, flush: true });
  renameSync(`${path}.new`, path);
  return sessionSecrets;
}

/** @param {string} path */
function readSessionSecrets(path) {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  if ((stats.mode & 0o077) !== 0) {
    throw new UsageError(`${path} can be read by others. Run: chmod 600 ${path}`);
  }
  try {
    const { sessionSecrets } = JSON.parse(readFileSync(path, "utf8"));
    if (typeof sessionSecrets === "string") return sessionSecrets;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new UsageError(
    `${path} is damaged. Remove it: a new one is made, and everybody is signed out.`,
  );
}
