import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { findFreePort } from "./port.js";

/** @typedef {import("../parts/part-process.js").Part} Part */

/** What an embedded store needs of this process's environment; the product's secrets are not among it. */
const STORE_ENVIRONMENT = ["PATH", "HOME", "TMPDIR", "TZ", "NODE_OPTIONS"];

/**
 * For the web process: V8 counts the buffers that bytes pass through as growth of its heap, and would begin a full collection
 * every few megabytes (docs/speed.md has the measurements).
 */
const HEAP_GROWTH = "--heap-growing-percent=200";

/**
 * The embedded MongoDB-compatible store: durable, on a unix socket inside its folder.
 *
 * @param {string} folder
 * @returns {Part}
 */
function embeddedMongo(folder) {
  return {
    name: "mongodb",
    command: [built("packages/embedded-mongo/src/main.js"), "--data", folder],
    env: pick(process.env, STORE_ENVIRONMENT),
    ready: "line",
  };
}

/**
 * The embedded Redis: in memory, on a free port of the loopback address that stays the same when it is started again.
 *
 * @returns {Promise<Part>}
 */
async function embeddedRedis() {
  const port = String(await findFreePort());
  return {
    name: "redis",
    command: [
      "--disable-warning=ExperimentalWarning",
      built("embedded/redis/main.js"),
      "--port",
      port,
    ],
    env: {
      ...pick(process.env, STORE_ENVIRONMENT),
      REDIS_PASSWORD: randomBytes(24).toString("base64url"),
    },
    ready: "line",
  };
}

/**
 * The embedded parts for the stores that the environment does not name.
 *
 * @param {string} mongoFolder
 * @param {Record<string, string | undefined>} env - `MONGODB_URL` and `REDIS_URL`, where there are servers.
 * @returns {Promise<{ parts: Part[], uses: Record<string, string> }>} the parts, and the variables that get their
 * addresses (see `Part.uses`).
 */
export async function storeParts(mongoFolder, { MONGODB_URL, REDIS_URL }) {
  const mongo = MONGODB_URL ? undefined : embeddedMongo(mongoFolder);
  const redis = REDIS_URL ? undefined : await embeddedRedis();
  return {
    parts: [mongo, redis].filter((part) => part !== undefined),
    uses: { ...(mongo && { MONGODB_URL: mongo.name }), ...(redis && { REDIS_URL: redis.name }) },
  };
}

/**
 * Everything that runs on one machine, in the order of its start: stores that no URL names, then the release task
 * (indexes, migrations), then worker and web.
 *
 * @param {import("./options.js").Options} options
 * @param {import("./data-folder.js").DataFolder} folder
 * @returns {Promise<Part[][]>}
 */
export async function allParts(options, folder) {
  const { parts: stores, uses } = await storeParts(folder.mongo, process.env);
  /** @type {(program: Pick<Part, "name" | "ready"> & { path: string, nodeOptions?: string[] }) => Part} */
  const part = ({ name, path, ready, nodeOptions = [] }) => ({
    name,
    command: ["--enable-source-maps", ...nodeOptions, built(path)],
    env: productEnvironment(options, folder),
    uses,
    ready,
    stopTimeoutMs: stopTimeoutMs(process.env),
  });
  const isReady = new URL("/readyz", webUrl(options));
  return [
    stores,
    [part({ name: "release", path: "common/migrations/main.js", ready: "exit" })],
    [part({ name: "worker", path: "worker/main.js", ready: "spawn" })],
    [part({ name: "web", path: "api/main.js", ready: isReady, nodeOptions: [HEAP_GROWTH] })],
  ];
}

/**
 * Where a browser on this machine finds the web process.
 *
 * @param {Pick<import("./options.js").Options, "host" | "port">} options
 */
export function webUrl({ host, port }) {
  const isEverywhere = host === "0.0.0.0" || host === "::";
  const name = isEverywhere ? "127.0.0.1" : host;
  return new URL(`http://${name.includes(":") ? `[${name}]` : name}:${port}`);
}

/**
 * A little more than the time that web and worker give themselves for running work (`SHUTDOWN_GRACE_SECONDS`).
 *
 * @param {NodeJS.ProcessEnv} env
 */
function stopTimeoutMs({ SHUTDOWN_GRACE_SECONDS = "25" }) {
  return (Number(SHUTDOWN_GRACE_SECONDS) + 5) * 1000;
}

/**
 * @param {import("./options.js").Options} options
 * @param {import("./data-folder.js").DataFolder} folder
 */
function productEnvironment({ host, port }, { sessionSecrets }) {
  return {
    ...process.env,
    HOST: host,
    PORT: String(port),
    SESSION_SECRETS: process.env.SESSION_SECRETS || sessionSecrets,
  };
}

/** @param {string} path - Below `dist`. */
function built(path) {
  return fileURLToPath(new URL(`../../dist/${path}`, import.meta.url));
}

/**
 * @param {NodeJS.ProcessEnv} object
 * @param {string[]} names
 */
function pick(object, names) {
  return Object.fromEntries(names.map((name) => [name, object[name]]));
}
