import { resolve } from "node:path";
import { parseArgs } from "node:util";

export const HELP = `Starts Stowage on this machine: web, worker, and the stores that are not named.

  npm start -- [options]

  --port N      port of the web process     (PORT, default 3000)
  --host HOST   address it listens on       (HOST, default 127.0.0.1: this machine only)
  --data DIR    where everything is kept    (DATA_DIR, default ./data)
  --verbose     show every log line here    (they are always in DIR/logs)
  --help        show this

MONGODB_URL and REDIS_URL name real servers. Without them an embedded store keeps the files in
DIR, and an embedded Redis keeps jobs in memory. All other settings are environment
variables too: see .env.example.
`;

const FLAGS = /** @type {const} */ ({
  port: { type: "string" },
  host: { type: "string" },
  data: { type: "string" },
  verbose: { type: "boolean" },
  help: { type: "boolean" },
});

/** Something that the person who started Stowage can put right; the message is a sentence for them. */
export class UsageError extends Error {}

/**
 * @typedef {object} Options
 * @property {number} port
 * @property {string} host
 * @property {string} dataFolder - Absolute.
 * @property {boolean} isVerbose - Show all log lines, not only warnings and errors.
 * @property {boolean} wantsHelp
 */

/**
 * Reads flags first, then the environment, then defaults.
 *
 * @param {string[]} args
 * @param {Record<string, string | undefined>} env
 * @returns {Options}
 * @throws {UsageError} for an unknown flag, a flag without its value, or an impossible value.
 */
export function readOptions(args, env) {
  const flags = parseFlags(args);
  return {
    port: readPort(flags.port ?? (env.PORT || "3000")),
    host: flags.host ?? (env.HOST || "127.0.0.1"),
    dataFolder: resolve(flags.data ?? (env.DATA_DIR || "data")),
    isVerbose: flags.verbose ?? false,
    wantsHelp: flags.help ?? false,
  };
}

/** @param {string[]} args */
function parseFlags(args) {
  const { tokens } = parseArgs({ args, options: FLAGS, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind === "positional") throw new UsageError(unknown(token.value));
    if (token.kind !== "option") continue;
    const flag = Object.entries(FLAGS).find(([name]) => name === token.name)?.[1];
    if (flag === undefined) throw new UsageError(unknown(token.rawName));
    const wantsValue = flag.type === "string";
    if (wantsValue && !token.value) throw new UsageError(`${token.rawName} needs a value.`);
    if (!wantsValue && token.value !== undefined) {
      throw new UsageError(`${token.rawName} takes no value.`);
    }
  }
  return parseArgs({ args, options: FLAGS }).values;
}

/** @param {string} word */
function unknown(word) {
  return `There is no option ${word}. npm start -- --help shows those that exist.`;
}

/** @param {string} text */
function readPort(text) {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new UsageError(`The port must be a number from 1 to 65535, not "${text}".`);
}
