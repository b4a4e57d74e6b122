import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { connect } from "node:net";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { StartError, Supervisor } from "./supervisor.js";
import { ensureBuilt } from "../setup/build.js";
import { ensureInstalled } from "../setup/install.js";
import { CommandError } from "../setup/run.js";
import { storeParts } from "../start/parts.js";

const FAILURE_CODE = 3;
const root = fileURLToPath(new URL("../..", import.meta.url));

/** There is nothing to work on; the message says what to do. */
class NoStoreError extends Error {}

/**
 * Runs a program of ours that works on the database. Where MONGODB_URL names no server, it works on the embedded store of DATA_DIR
 * (default `data`): on the one that `npm start` serves, or else on one of its own.
 *
 * @param {string} program - Its path below `dist`.
 * @param {string[]} args
 * @returns {Promise<number>} its exit code; 3 when it could not be started.
 */
export async function runOnStore(program, args) {
  try {
    return await runOnUrl(program, args);
  } catch (error) {
    const isExpected = [CommandError, NoStoreError, StartError].some(
      (kind) => error instanceof kind,
    );
    if (!isExpected) throw error;
    console.error(error.message);
    return FAILURE_CODE;
  }
}

/**
 * @param {string} program
 * @param {string[]} args
 */
async function runOnUrl(program, args) {
  const run = (/** @type {string | undefined} */ url) => runProgram(program, args, url);
  if (!isRelease(program)) {
    await ensureInstalled(root, console.error);
    await ensureBuilt(root, console.error);
  }
  if (process.env.MONGODB_URL || args.includes("--help")) return run(process.env.MONGODB_URL);
  const folder = resolve(process.env.DATA_DIR || "data", "mongo");
  if (!existsSync(folder)) {
    throw new NoStoreError(`MONGODB_URL is not set, and there is no store in ${folder}.`);
  }
  const { socketPathOf } = await import("../../dist/packages/embedded-mongo/src/socket-path.js");
  const socket = socketPathOf(folder);
  if (await isAnswered(socket)) {
    return run(`mongodb://${encodeURIComponent(socket)}/?directConnection=true`);
  }
  return withStore(folder, run);
}

/**
 * Whether this is the image or the slug of a platform: built, and without the compiler.
 *
 * @param {string} program
 */
function isRelease(program) {
  return (
    existsSync(join(root, "dist", program)) && !existsSync(join(root, "node_modules/typescript"))
  );
}

/**
 * Whether somebody serves the store already.
 *
 * @param {string} socket
 * @returns {Promise<boolean>}
 */
function isAnswered(socket) {
  return new Promise((answer) => {
    const probe = connect(socket);
    probe.once("connect", () => {
      probe.destroy();
      answer(true);
    });
    probe.once("error", () => answer(false));
  });
}

/**
 * Serves the store for the time of an action.
 *
 * @template T
 * @param {string} folder
 * @param {(url: string | undefined) => Promise<T>} action
 */
async function withStore(folder, action) {
  const { parts, uses } = await storeParts(folder, { REDIS_URL: "none is needed" });
  const store = new Supervisor([parts]);
  try {
    await store.start();
    return await action(store.addressesFor(uses).MONGODB_URL);
  } finally {
    await store.stop();
  }
}

/**
 * It hears a Ctrl-C by itself; a SIGTERM reaches only us.
 *
 * @param {string} path - Below `dist`.
 * @param {string[]} args
 * @param {string | undefined} mongodbUrl
 */
async function runProgram(path, args, mongodbUrl) {
  const program = join(root, "dist", path);
  const env = { ...process.env, ...(mongodbUrl && { MONGODB_URL: mongodbUrl }) };
  const command = spawn(process.execPath, [program, ...args], { stdio: "inherit", env });
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => command.kill("SIGTERM"));
  const [code] = await once(command, "exit");
  return code ?? 1;
}
