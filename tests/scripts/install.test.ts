import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { WatchedProcess } from "../support/watched-process.js";

const INSTALL = fileURLToPath(new URL("stand-in/install.js", import.meta.url));

let folder: string;
let root: string;

/** A project with a package of each kind, which come as archives: npm asks no registry. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stowage-install-"));
  root = join(folder, "project");
  for (const name of ["tool", "extra", "project"]) mkdirSync(join(folder, name));
  for (const name of ["tool", "extra"]) {
    writeFileSync(join(folder, name, "package.json"), JSON.stringify({ name, version: "1.0.0" }));
    npm(["pack", "--pack-destination", root], join(folder, name));
  }
  const kinds = {
    devDependencies: { tool: "file:tool-1.0.0.tgz" },
    optionalDependencies: { extra: "file:extra-1.0.0.tgz" },
  };
  const project = { name: "project", version: "1.0.0", private: true, ...kinds };
  writeFileSync(join(root, "package.json"), JSON.stringify(project));
  npm(["install", "--package-lock-only", "--no-audit"], root);
});

afterEach(() => rm(folder, { recursive: true }));

function npm(args: readonly string[], cwd: string): void {
  const env = { PATH: process.env["PATH"], HOME: folder };
  execFileSync("npm", args, { cwd, env, stdio: "ignore" });
}

async function install(env: Readonly<Record<string, string>>) {
  const installing = new WatchedProcess(process.execPath, [INSTALL, root], {
    env: { PATH: process.env["PATH"], HOME: folder, ...env },
  });
  return { code: await installing.untilEnded(), output: installing.output };
}

const isHere = (name: string) => existsSync(join(root, "node_modules", name, "package.json"));

test.each<Record<string, string>>([
  {
    NODE_ENV: "production",
    npm_config_omit: "dev optional peer",
    NPM_CONFIG_PRODUCTION: "true",
    npm_config_only: "prod",
    npm_config_optional: "false",
  },
  {
    npm_config_global: "true",
    npm_config_location: "global",
    npm_config_prefix: "/nowhere",
    npm_config_local_prefix: "/nowhere",
    INIT_CWD: "/nowhere",
    npm_config_workspaces: "true",
    npm_config_workspace: "packages/other",
  },
  {
    npm_config_dry_run: "true",
    npm_config_package_lock: "false",
    npm_config_package_lock_only: "true",
    npm_config_install_strategy: "linked",
    npm_config_ignore_scripts: "false",
  },
])("all packages are installed, and once, whatever npm is told by %j", async (env) => {
  const first = await install(env);
  const second = await install(env);

  expect(first).toMatchObject({ code: 0, output: expect.stringContaining("Installing packages") });
  expect(second).toEqual({ code: 0, output: "" });
  expect([isHere("tool"), isHere("extra")]).toEqual([true, true]);
});

test("the settings of npm in a file cannot leave packages out either", async () => {
  writeFileSync(join(root, ".npmrc"), "omit=dev\noptional=false\nglobal=true\n");

  expect(await install({})).toMatchObject({ code: 0 });

  expect([isHere("tool"), isHere("extra")]).toEqual([true, true]);
});
