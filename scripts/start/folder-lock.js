import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** @typedef {{ pid: number, startedAt?: string | undefined }} Owner */

/** Another running process has the folder. */
export class InUseError extends Error {
  /** @param {number} pid */
  constructor(pid) {
    super(`The folder is in use by process ${pid}`);
    this.pid = pid;
  }
}

/**
 * Takes a folder for this process. The lock of a process that is gone counts for nothing, so a crash locks nobody out.
 *
 * @param {string} folder
 * @returns {() => void} gives the folder back.
 * @throws {InUseError} when another running process has it.
 */
export function lockFolder(folder) {
  const path = join(folder, "lock");
  const own = join(folder, `lock.${process.pid}`);
  try {
    writeFileSync(own, JSON.stringify(identify(process.pid)));
    // A hard link appears with its content, or not at all because the name is taken.
    while (!tryLink(own, path)) removeIfAbandoned(path, own);
  } finally {
    rmSync(own, { force: true });
  }
  return () => rmSync(path, { force: true });
}

/**
 * @param {string} from
 * @param {string} to
 */
function tryLink(from, to) {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

/**
 * @param {string} path
 * @param {string} own
 */
function removeIfAbandoned(path, own) {
  const text = readIfExists(path);
  if (text === undefined) return;
  const owner = parse(text);
  if (owner !== undefined && isRunning(owner)) throw new InUseError(owner.pid);
  removeIfStill(text, path, `${own}.abandoned`);
}

/**
 * Of two processes that find an abandoned lock, the slower one must not remove the lock of the faster.
 *
 * @param {string} text - The abandoned lock.
 * @param {string} path
 * @param {string} aside
 */
function removeIfStill(text, path, aside) {
  if (!renameIfExists(path, aside)) return;
  if (readIfExists(aside) !== text) tryLink(aside, path);
  rmSync(aside);
}

/** @param {Owner} owner */
function isRunning(owner) {
  const now = identify(owner.pid);
  return now !== undefined && now.startedAt === owner.startedAt;
}

/**
 * A process's number and, where Linux tells it, its start in clock ticks since boot: numbers are used again, also by
 * the same program in a new container. `undefined` when there is no such process.
 *
 * @param {number} pid
 */
function identify(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code === "ESRCH") return undefined;
    if (error.code !== "EPERM") throw error;
  }
  // Field 22 (proc(5)); counted from behind the program's name, which may hold spaces.
  const fields = readIfExists(`/proc/${pid}/stat`)?.split(") ").at(-1)?.split(" ");
  return { pid, startedAt: fields?.[19] };
}

/**
 * @param {string} text
 * @returns {Owner | undefined}
 */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @param {string} path */
function readIfExists(path) {
  return unlessMissing(() => readFileSync(path, "utf8"));
}

/**
 * @param {string} from
 * @param {string} to
 */
function renameIfExists(from, to) {
  return unlessMissing(() => {
    renameSync(from, to);
    return true;
  });
}

/**
 * @template T
 * @param {() => T} action
 */
function unlessMissing(action) {
  try {
    return action();
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}
