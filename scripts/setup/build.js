import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run, runInstalled } from "./run.js";

/** What the build reads. */
const SOURCES = [
  ...["api", "bench", "common", "embedded", "openapi", "packages", "tests", "worker"],
  ...["package-lock.json", "tsconfig.json", "scripts/bundle-openapi.js", "scripts/setup/build.js"],
];

/** The steps of a build, in their order; all write to `dist/`. */
const STEPS = [compile, bundleOpenapi];

/**
 * Builds `dist/` if a source has changed since the last build.
 *
 * @param {string} root - The folder of `package.json`.
 * @param {(text: string) => void} say - Told what happens, if anything does.
 * @throws {import("./run.js").CommandError} when a step fails; what is wrong is then on the terminal.
 */
export async function ensureBuilt(root, say) {
  const stamp = join(root, "dist", ".sources");
  const sources = fingerprint(root);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === sources) return;
  say("Building ...");
  rmSync(stamp, { force: true });
  removeOrphans(root);
  for (const step of STEPS) await step(root);
  writeFileSync(stamp, sources);
}

/** Size and time of change of every source, as one digest. */
function fingerprint(root) {
  const digest = createHash("sha256");
  for (const path of SOURCES.flatMap((name) => listFiles(root, name))) {
    const { size, mtimeMs } = statSync(join(root, path));
    digest.update(`${path} ${size} ${mtimeMs}\n`);
  }
  return digest.digest("hex");
}

/** All files at or below a path, sorted; none when it does not exist. */
function listFiles(root, path) {
  const stats = statSync(join(root, path), { throwIfNoEntry: false });
  if (stats === undefined) return [];
  if (!stats.isDirectory()) return [path];
  return readdirSync(join(root, path))
    .sort()
    .flatMap((name) => listFiles(root, join(path, name)));
}

/** Compiled files whose source is gone would still be run: a deleted test, for example. */
function removeOrphans(root) {
  for (const path of listFiles(root, "dist")) {
    const source = path.match(/^dist\/(.+)\.js(\.map)?$/)?.[1];
    if (source !== undefined && !existsSync(join(root, `${source}.ts`))) rmSync(join(root, path));
  }
}

function compile(root) {
  return runInstalled("typescript/bin/tsc", ["--project", root], { root });
}

async function bundleOpenapi(root) {
  const script = join(root, "scripts", "bundle-openapi.js");
  if (existsSync(script)) await run(process.execPath, [script], { cwd: root });
}
