/**
 * `npm run bench -- [NAME] [arguments]`: runs the measurements of `bench/NAME`, or of `bench/bytes`. They take minutes, need an idle
 * machine, and write their figures to `bench/results`.
 */
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ensureBuilt, TESTED } from "./setup/build.js";
import { ensureInstalled } from "./setup/install.js";
import { CommandError, run } from "./setup/run.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const bench = new URL("../bench/", import.meta.url);

/** @throws {CommandError} when there is no such bench, or it fails. */
async function main() {
  const args = process.argv.slice(2);
  const isNamed = args[0] !== undefined && !args[0].startsWith("-");
  const name = (isNamed ? args.shift() : undefined) ?? "bytes";
  const names = readdirSync(bench).filter((entry) =>
    existsSync(new URL(`${entry}/main.ts`, bench)),
  );
  if (!names.includes(name)) {
    throw new CommandError(`Usage: npm run bench -- NAME. There are: ${names.join(", ")}.`);
  }
  await ensureInstalled(root, console.error);
  await ensureBuilt(root, console.error, TESTED);
  await run(process.execPath, [
    fileURLToPath(new URL(`../dist/bench/${name}/main.js`, import.meta.url)),
    ...args,
  ]);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof CommandError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
