/** `npm run build`: installs packages that are missing, and compiles into `dist/` what changed since the last build, tests included. */
import { fileURLToPath } from "node:url";
import { ensureBuilt, EVERYTHING } from "./setup/build.js";
import { ensureInstalled } from "./setup/install.js";
import { CommandError } from "./setup/run.js";

const root = fileURLToPath(new URL("..", import.meta.url));

try {
  await ensureInstalled(root, console.log);
  await ensureBuilt(root, console.log, EVERYTHING);
} catch (error) {
  if (!(error instanceof CommandError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
