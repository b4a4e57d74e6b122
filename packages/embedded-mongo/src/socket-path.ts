import { createHash } from "node:crypto";
import { lstatSync, mkdirSync, rmSync } from "node:fs";
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
 * Where the socket of a data folder lies: inside, or, when that path is too long for a socket, in a private folder
 * of the system's temporary folder, named by a hash.
 *
 * @throws StoreError when that private folder belongs to somebody else.
 */
export function socketPathOf(folder: string): string {
  const inside = join(resolve(folder), SOCKET_NAME);
  if (Buffer.byteLength(inside) <= MAX_PATH_BYTES) return inside;
  const hash = createHash("sha256").update(inside).digest("hex").slice(0, 16);
  const outside = join(tmpdir(), FOLDER_PREFIX + hash);
  mkdirSync(outside, { recursive: true, mode: 0o700 });
  const { uid, mode } = lstatSync(outside);
  const isPrivate = lstatSync(outside).isDirectory() && uid === getuid?.() && (mode & 0o077) === 0;
  if (!isPrivate) throw new StoreError(`${outside} must be a folder that only this user can enter`);
  return join(outside, SOCKET_NAME);
}

/** Removes the private folder of a socket that did not fit into its data folder; nothing when it did. */
export function removeSocketFolder(path: string): void {
  const folder = dirname(path);
  if (dirname(folder) === tmpdir() && basename(folder).startsWith(FOLDER_PREFIX))
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
