import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { run, runInstalled } from "./run.js";

/** What runs in production and with `npm start`. Each project of TypeScript brings those that it refers to. */
export const PRODUCT = [".", "packages/embedded-mongo", "web"];

/** The product, its tests and its measurements. */
export const TESTED = [...PRODUCT, "packages/embedded-mongo/tests", "tests", "bench"];

/** All that has types. `scripts` are checked anew each time, for nothing is compiled of them. */
export const EVERYTHING = [...TESTED, "scripts"];

/** What the API's description is bundled from, and what it is bundled into. */
const DESCRIPTION = [
  ...[
    "openapi",
    "api/docs/static",
    "api/link-door/static",
    "api/pages/static",
    "common/accounts/static",
  ],
  ...["package.json", "scripts/bundle-openapi.js"],
];
const BUNDLE = "dist/openapi/openapi.json";

/** What the page for people is built from, and its entrance, which is written last. */
const PAGE = ["web", "api/pages/static", "package-lock.json"];
const BUILT_PAGE = "dist/web/index.html";

/**
 * Compiles into `dist/` what changed since the last build, and takes away what was compiled from sources that are gone.
 *
 * @param {string} root - The folder of `package.json`.
 * @param {(text: string) => void} say - Told when it may take a while.
 * @param {string[]} [projects] - {@link PRODUCT}, {@link TESTED} or {@link EVERYTHING}.
 * @throws {import("./run.js").CommandError} when a step fails; what is wrong is then on the terminal.
 */
export async function ensureBuilt(root, say, projects = PRODUCT) {
  if (!existsSync(join(root, "dist/tsconfig.tsbuildinfo"))) say("Building ...");
  removeOrphans(root);
  await runInstalled("typescript/bin/tsc", ["--build", ...projects], { root });
  if (changedAt(root, DESCRIPTION) > changedAt(root, [BUNDLE])) {
    await run(process.execPath, ["scripts/bundle-openapi.js"], { cwd: root });
  }
  if (changedAt(root, PAGE) > changedAt(root, [BUILT_PAGE])) {
    await runInstalled("vite/bin/vite.js", ["build", "web"], { root });
  }
}

/** Compiled files whose source is gone would still be run: a deleted test, for example. @param {string} root */
function removeOrphans(root) {
  for (const path of listEntries(root, "dist")) {
    // Vite empties its folder itself, and the page's types are only checked.
    if (path.startsWith(join("dist", "web"))) continue;
    const source = /^dist\/(.+?)(?:\.d\.ts|\.js|\.js\.map)$/.exec(path)?.[1];
    // What is no TypeScript was copied, and has the name of its source.
    const sources = [`${source}.ts`, path.slice("dist/".length)];
    if (source !== undefined && !sources.some((name) => existsSync(join(root, name)))) {
      rmSync(join(root, path));
    }
  }
}

/**
 * When the youngest of some files and folders changed, in milliseconds since 1970; 0 when there are none. A folder changes when
 * something in it is added or removed.
 *
 * @param {string} root
 * @param {string[]} paths
 */
function changedAt(root, paths) {
  const entries = paths.flatMap((path) => listEntries(root, path));
  return Math.max(0, ...entries.map((path) => statSync(join(root, path)).mtimeMs));
}

/**
 * A path and all that is below it; nothing when it does not exist.
 *
 * @param {string} root
 * @param {string} path
 * @returns {string[]}
 */
function listEntries(root, path) {
  const stats = statSync(join(root, path), { throwIfNoEntry: false });
  if (stats === undefined) return [];
  if (!stats.isDirectory()) return [path];
  const below = readdirSync(join(root, path), { recursive: true, encoding: "utf8" });
  return [path, ...below.map((name) => join(path, name))];
}
