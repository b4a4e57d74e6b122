/**
 * `npm test`: every check there is. Installs what is missing, then format, lint, build with types, and the tests.
 *
 *     npm test -- [--long] [--tests-only] [arguments of Jest]
 *
 * `--long` runs the long forms of the long tests; `--tests-only` leaves out format and lint. `MONGODB_URL` and `REDIS_URL` name servers to test against; each one
 * that is missing is replaced by its embedded part, in a temporary folder and for the time of the run.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureBuilt } from "./setup/build.js";
import { ensureInstalled } from "./setup/install.js";
import { CommandError, runInstalled } from "./setup/run.js";
import { StartError, Supervisor } from "./parts/supervisor.js";
import { storeParts } from "./start/parts.js";

const root = fileURLToPath(new URL("..", import.meta.url));

/** ES modules inside Jest need the first; the second keeps its warning away from the output of every file. */
const nodeOptions = ["--experimental-vm-modules", "--disable-warning=ExperimentalWarning"];

/** @throws {CommandError} when a check fails. */
async function main() {
  const args = process.argv.slice(2);
  const jestArgs = args.filter((arg) => arg !== "--long" && arg !== "--tests-only");
  const env = { ...process.env };
  if (args.includes("--long")) env.STOWAGE_LONG_TESTS = "1";
  await ensureInstalled(root, console.log);
  if (!args.includes("--tests-only")) await checkStyle();
  await ensureBuilt(root, console.log);
  await withStores(env, (urls) =>
    runInstalled("jest/bin/jest.js", jestArgs, { root, env: { ...env, ...urls }, nodeOptions }),
  );
}

/** @throws {CommandError} when the format or a lint rule is not kept. */
async function checkStyle() {
  console.log("Checking the format ...");
  await runInstalled("prettier/bin/prettier.cjs", ["--check", "--log-level=warn", "."], { root });
  console.log("Linting ...");
  await runInstalled("eslint/bin/eslint.js", ["--max-warnings", "0", "."], { root });
}

/** Runs something while the stores run that `env` does not name; nothing of them remains. */
async function withStores(env, action) {
  const folder = mkdtempSync(join(tmpdir(), "stowage-test-"));
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

try {
  await main();
} catch (error) {
  if (!(error instanceof CommandError || error instanceof StartError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
