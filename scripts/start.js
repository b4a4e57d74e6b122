/** `npm start`: brings everything up on one machine, and keeps it up. `npm start -- --help` tells the options. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureBuilt } from "./setup/build.js";
import { ensureInstalled } from "./setup/install.js";
import { CommandError } from "./setup/run.js";
import { openDataFolder } from "./start/data-folder.js";
import { HELP, UsageError, readOptions } from "./start/options.js";
import { allParts, webUrl } from "./start/parts.js";
import { ensurePortIsFree } from "./start/port.js";
import { findSetupLink } from "./start/setup-link.js";
import { supervise } from "./start/supervise.js";
import { Terminal } from "./start/terminal.js";

const root = fileURLToPath(new URL("..", import.meta.url));

/** @returns {Promise<number>} the exit code. */
async function main() {
  const options = readOptions(process.argv.slice(2), process.env);
  const terminal = new Terminal(process.stdout, options);
  if (options.wantsHelp) {
    terminal.say(HELP);
    return 0;
  }
  const folder = openDataFolder(options.dataFolder);
  try {
    return await start(options, { folder, terminal });
  } finally {
    folder.release();
  }
}

/**
 * @param {import("./start/options.js").Options} options
 * @param {{ folder: import("./start/data-folder.js").DataFolder, terminal: Terminal }} uses
 */
async function start(options, { folder, terminal }) {
  await ensurePortIsFree(options);
  const say = (/** @type {string} */ text) => terminal.say(`  ${text}`);
  await ensureInstalled(root, say);
  await ensureBuilt(root, say);
  say("Starting ...");
  return supervise({
    stages: await allParts(options, folder),
    terminal,
    logFolder: folder.logs,
    onReady: () => void welcome(options, terminal, folder),
  });
}

/**
 * @param {import("./start/options.js").Options} options
 * @param {Terminal} terminal
 * @param {import("./start/data-folder.js").DataFolder} folder
 */
async function welcome(options, terminal, folder) {
  const url = webUrl(options);
  const setup = await findSetupLink(url, process.env.SESSION_SECRETS || folder.sessionSecrets);
  /** @type {[string, string][]} */
  const firstAdmin = setup === undefined ? [] : [["Make an admin", terminal.link(setup)]];
  const { MONGODB_URL, REDIS_URL } = process.env;
  terminal.banner("Stowage is running", [
    ["Open it", terminal.link(new URL("/", url))],
    ["Try the API", terminal.link(new URL("/docs", url))],
    ...firstAdmin,
    ["API", terminal.link(new URL("/api/v1", url))],
    ["Data", MONGODB_URL ? "on the MongoDB server that MONGODB_URL names" : options.dataFolder],
    [
      "Jobs",
      REDIS_URL
        ? "on the Redis server that REDIS_URL names"
        : "in memory: after a restart they are queued again",
    ],
    ["Logs", join(options.dataFolder, "logs")],
    ["Stop", "Ctrl-C"],
  ]);
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError || error instanceof CommandError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
