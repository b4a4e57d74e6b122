import { createHash } from "node:crypto";
import { existsSync, lstatSync, mkdirSync, realpathSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { getuid } from "node:process";
import { StoreError } from "./storage/store-error.js";

const SOCKET_NAME = "mongo.sock";
const FOLDER_PREFIX = "embedded-mongo-";

/** Longer paths are cut without a word by Node 20, so that two folders would share a socket (macOS takes 103). */
const MAX_PATH_BYTES = 103;

/**
 * What every client reads from a URL as it was written. Drivers differ in how often they decode a path, and where they split a list of
 * hosts.
 */
const PLAIN_PATH = /^[\w./~+-]+$/;

/**
 * Where the socket of a data folder lies: inside, or, when that path is too long for a socket or has characters that a URL cannot hold
 * plainly, in a private folder of the system's temporary folder, named by a hash.
 *
 * @throws StoreError when that private folder belongs to somebody else.
 */
export function socketPathOf(folder: string): string {
  const inside = join(resolve(folder), SOCKET_NAME);
  if (isUsable(inside)) return inside;
  const hash = createHash("sha256").update(realPathOf(folder)).digest("hex").slice(0, 16);
  const candidates = temporaryFolders().map((root) => join(root, FOLDER_PREFIX + hash));
  const outside = candidates.find((path) => isUsable(join(path, SOCKET_NAME)));
  if (outside === undefined) throw new StoreError(`${tmpdir()} has no place for a socket`);
  mkdirSync(outside, { recursive: true, mode: 0o700 });
  const { uid, mode } = lstatSync(outside);
  const isPrivate = lstatSync(outside).isDirectory() && uid === getuid?.() && (mode & 0o077) === 0;
  if (!isPrivate) throw new StoreError(`${outside} must be a folder that only this user can enter`);
  return join(outside, SOCKET_NAME);
}

const temporaryFolders = () => [tmpdir(), "/tmp"];

const isUsable = (path: string) =>
  Buffer.byteLength(path) <= MAX_PATH_BYTES && PLAIN_PATH.test(path);

/** One folder may be named in several ways. */
function realPathOf(folder: string): string {
  return existsSync(folder) ? realpathSync(folder) : resolve(folder);
}

/** Removes the private folder of a socket that does not lie in its data folder; nothing when it does. */
export function removeSocketFolder(path: string): void {
  const folder = dirname(path);
  if (temporaryFolders().includes(dirname(folder)) && basename(folder).startsWith(FOLDER_PREFIX))
    rmSync(folder, { recursive: true, force: true });
}

/**
 * Removes the socket of a server that died.
 * @throws StoreError when somebody answers on it.
 */
export async function removeStaleSocket(path: string): Promise<void> {
  const isAnswered = await new Promise<boolean>((answer) => {
    const probe = connect(path);
    probe.once("connect", () => {
      probe.destroy();
      answer(true);
    });
    probe.once("error", () => {
      answer(false);
    });
  });
  if (isAnswered) throw new StoreError(`Another server is already listening on ${path}`);
  rmSync(path, { force: true });
}
