/** `npm run build`: compiles everything into `dist/`, if a source has changed since the last build. */
import { fileURLToPath } from "node:url";
import { ensureBuilt } from "./setup/build.js";
import { CommandError } from "./setup/run.js";

const root = fileURLToPath(new URL("..", import.meta.url));

try {
  await ensureBuilt(root, console.log);
} catch (error) {
  if (!(error instanceof CommandError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
