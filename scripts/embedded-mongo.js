/** `npm run embedded:mongo`: the embedded MongoDB-compatible store alone, for any MongoDB client. See {@link HELP}. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { resolve } from "node:path";
import { ensureBuilt } from "./setup/build.js";
import { ensureInstalled } from "./setup/install.js";
import { CommandError } from "./setup/run.js";
import { Terminal } from "./start/terminal.js";

const HELP = `The embedded MongoDB-compatible store alone, for any MongoDB client.

  npm run embedded:mongo -- --data DIR [what to do]

  --data DIR         the folder of the store; npm start keeps its own in data/mongo

Serve it (which creates it where there is none):
  --port N           on 127.0.0.1, port N (0: any free one); without it on a unix socket in DIR
  --reserve-mib N    refuse inserts when less than this is free on the disk (default 64)
  --ttl-seconds N    remove expired documents so often (default 60)

Or look after it; a server may be running on DIR meanwhile:
  --backup NEW-DIR   copy the store, without unused space, into a new folder
  --verify           hold every document and index entry against each other
  --copy-to URL      move to MongoDB: copy all into the server at mongodb://...
  --resume           with --copy-to: go on with a copy that was interrupted

  --help             show this

What is supported, what is not, and how durable it is: packages/embedded-mongo/README.md.
`;

const FLAGS = /** @type {const} */ ({
  data: { type: "string" },
  port: { type: "string" },
  "reserve-mib": { type: "string" },
  "ttl-seconds": { type: "string" },
  backup: { type: "string" },
  verify: { type: "boolean" },
  "copy-to": { type: "string" },
  resume: { type: "boolean" },
  help: { type: "boolean" },
});
const USAGE_CODE = 2;

const root = fileURLToPath(new URL("..", import.meta.url));
const terminal = new Terminal(process.stdout, { isVerbose: false });

/** @returns {Promise<number>} the exit code, see the two programs: src/main.ts and src/maintenance/main.ts of packages/embedded-mongo. */
async function main() {
  const args = process.argv.slice(2);
  const flags = readFlags(args);
  if (flags === undefined) return USAGE_CODE;
  if (flags.help) {
    terminal.say(HELP);
    return 0;
  }
  await ensureInstalled(root, console.error);
  await ensureBuilt(root, console.error);
  const isMaintenance = flags.verify || flags.backup !== undefined || flags["copy-to"];
  return isMaintenance ? runProgram("maintenance/main.js", args) : serve(flags.data ?? "", args);
}

/** @param {string[]} args */
function readFlags(args) {
  try {
    const { values } = parseArgs({ args, options: FLAGS });
    if (values.help || values.data) return values;
    console.error("--data DIR is missing. npm run embedded:mongo -- --help shows everything.");
  } catch (error) {
    console.error(`${error.message}\nnpm run embedded:mongo -- --help shows what there is.`);
  }
  return undefined;
}

/**
 * @param {string} folder
 * @param {string[]} args
 */
async function serve(folder, args) {
  const store = start("main.js", args, ["ignore", "pipe", "inherit"]);
  createInterface(/** @type {import("node:stream").Readable} */ (store.stdout)).once(
    "line",
    (line) => {
      const { url } = JSON.parse(line);
      terminal.banner("The embedded store is ready", [
        ["connect", terminal.link(url)],
        ["data", resolve(folder)],
        ["stop", "Ctrl-C"],
      ]);
    },
  );
  return codeOf(store);
}

/**
 * @param {string} path - Below `src/` of the package.
 * @param {string[]} args
 */
function runProgram(path, args) {
  return codeOf(start(path, args, "inherit"));
}

/**
 * @param {string} path
 * @param {string[]} args
 * @param {import("node:child_process").StdioOptions} stdio
 */
function start(path, args, stdio) {
  const program = fileURLToPath(
    new URL(`../dist/packages/embedded-mongo/src/${path}`, import.meta.url),
  );
  return spawn(process.execPath, [program, ...args], { stdio });
}

/**
 * Waits for the program. It hears a Ctrl-C by itself; a SIGTERM reaches only us.
 *
 * @param {import("node:child_process").ChildProcess} program
 */
async function codeOf(program) {
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => program.kill("SIGTERM"));
  const [code] = await once(program, "exit");
  return code ?? 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof CommandError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
