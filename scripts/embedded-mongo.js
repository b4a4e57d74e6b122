/**
 * `npm run embedded:mongo -- --data DIR [--port N]`: the embedded MongoDB-compatible store alone, for any MongoDB tool.
 * It prints its address when it is ready; Ctrl-C stops it.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { ensureBuilt } from "./setup/build.js";
import { ensureInstalled } from "./setup/install.js";
import { CommandError } from "./setup/run.js";

const root = fileURLToPath(new URL("..", import.meta.url));

/** @returns {Promise<number>} the exit code. */
async function main() {
  await ensureInstalled(root, console.error);
  await ensureBuilt(root, console.error);
  const program = fileURLToPath(new URL("../dist/embedded/mongo/main.js", import.meta.url));
  const store = spawn(process.execPath, [program, ...process.argv.slice(2)], { stdio: "inherit" });
  // It hears a Ctrl-C by itself; a SIGTERM reaches only us.
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => store.kill("SIGTERM"));
  const [code] = await once(store, "exit");
  return code ?? 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof CommandError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
