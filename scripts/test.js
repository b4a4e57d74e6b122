/**
 * `npm test`: every check there is. Installs what is missing, builds with types, and runs the tests; format and lint are
 * checked meanwhile, and what they find is printed in one piece as soon as it is known.
 *
 *     npm test -- [--long] [--tests-only] [arguments of Jest]
 *
 * With arguments of Jest, for example a part of a path, only those tests run: format and lint are left out, as with
 * `--tests-only`. `--long` runs the long forms of the long tests. `MONGODB_URL` and `REDIS_URL`
 * name servers to test against; each one that is missing is replaced by its embedded part, in a temporary folder and for the
 * time of the run.
 */
import { existsSync, mkdtempSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureBuilt, EVERYTHING, TESTED } from "./setup/build.js";
import { ensureInstalled } from "./setup/install.js";
import { CommandError, runInstalled, runQuietly } from "./setup/run.js";
import { StartError, Supervisor } from "./parts/supervisor.js";
import { storeParts } from "./start/parts.js";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The linter makes much that is soon forgotten: with room for it it needs a sixth less processor time. */
const YOUNG_GENERATION = "--max-semi-space-size=128";

/** Jest loads ES modules where Node.js lets it. */
const ES_MODULES = ["--experimental-vm-modules", "--disable-warning=ExperimentalWarning"];

/** What the stores may take during the short forms, many times over. */
const STORES_BYTES = 4 * 1024 ** 3;

/** All others are Jest's. */
const OUR_OPTIONS = ["--long", "--tests-only"];

/** Runs all checks, and says of each that fails that it did. */
async function main() {
  const args = process.argv.slice(2);
  await ensureInstalled(root, console.log);
  const jestArgs = args.filter((arg) => !OUR_OPTIONS.includes(arg));
  const checks = [buildAndTest(jestArgs)];
  if (jestArgs.length === 0 && !args.includes("--tests-only")) checks.push(checkStyle());
  for (const outcome of await Promise.allSettled(checks)) {
    if (outcome.status === "rejected") report(outcome.reason);
  }
}

/** @param {unknown} error */
function report(error) {
  if (!(error instanceof CommandError || error instanceof StartError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

/**
 * @param {string[]} jestArgs
 * @throws {CommandError} when the build or a test fails.
 */
async function buildAndTest(jestArgs) {
  const env = { ...process.env };
  if (process.argv.includes("--long")) env.STOWAGE_LONG_TESTS = "1";
  await ensureBuilt(root, console.log, jestArgs.length === 0 ? EVERYTHING : TESTED);
  await withStores(env, (urls) =>
    runInstalled("jest/bin/jest.js", jestArgs, {
      root,
      nodeOptions: ES_MODULES,
      env: { ...env, ...urls },
    }),
  );
}

/** @throws {CommandError} when the format or a lint rule is not kept. */
async function checkStyle() {
  const format = ["--check", "--log-level=warn", "."];
  await runInstalled("prettier/bin/prettier.cjs", format, { root, runWith: runQuietly });
  console.log("The format is right.");
  const lint = ["--max-warnings", "0", "."];
  const nodeOptions = [YOUNG_GENERATION];
  await runInstalled("eslint/bin/eslint.js", lint, { root, runWith: runQuietly, nodeOptions });
  console.log("The lint rules are kept.");
}

/**
 * Runs something while the stores run that `env` does not name; nothing of them remains.
 *
 * @param {NodeJS.ProcessEnv} env
 * @param {(urls: NodeJS.ProcessEnv) => Promise<void>} action
 */
async function withStores(env, action) {
  const folder = mkdtempSync(
    join(env.STOWAGE_LONG_TESTS ? tmpdir() : fastFolder(), "stowage-test-"),
  );
  const { parts, uses } = await storeParts(join(folder, "mongo"), env);
  const stores = new Supervisor([parts]);
  stores.on("line", ({ name }, stream, text) => {
    if (stream === "stderr") console.error(`${name}: ${text}`);
  });
  stores.on("died", ({ name }, how) => console.error(`${name} died (${how})`));
  try {
    await stores.start();
    await action(stores.addressesFor(uses));
  } finally {
    await stores.stop();
    rmSync(folder, { recursive: true });
  }
}

/**
 * Memory, where Linux has enough of it: nobody needs what the shared stores hold after the run, and without it most tests wait for
 * the disk. Tests that kill a store, or fill its disk, have their own on a real one.
 */
function fastFolder() {
  const memory = "/dev/shm";
  if (!existsSync(memory)) return tmpdir();
  const { bavail, bsize } = statfsSync(memory);
  return bavail * bsize > STORES_BYTES ? memory : tmpdir();
}

await main().catch(report);
