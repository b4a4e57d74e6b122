/** `npm run scrub`: what stored content is damaged. See common/maintenance/scrub/main.ts. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { ensureBuilt } from "./setup/build.js";
import { ensureInstalled } from "./setup/install.js";
import { CommandError } from "./setup/run.js";

const root = fileURLToPath(new URL("..", import.meta.url));

/** @returns {Promise<number>} the exit code of the program. */
async function main() {
  await ensureInstalled(root, console.error);
  await ensureBuilt(root, console.error);
  const program = fileURLToPath(
    new URL("../dist/common/maintenance/scrub/main.js", import.meta.url),
  );
  const running = spawn(process.execPath, [program, ...process.argv.slice(2)], {
    stdio: "inherit",
  });
  // It hears a Ctrl-C by itself; a SIGTERM reaches only us.
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => running.kill("SIGTERM"));
  const [code] = await once(running, "exit");
  return code ?? 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof CommandError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
