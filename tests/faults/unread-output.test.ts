import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { Deployment } from "../support/deployment.js";
import { built, startMongo } from "../support/processes.js";
import { until, WatchedProcess } from "../support/watched-process.js";

describe("A process whose output nobody reads", () => {
  let deployment: Deployment;

  beforeEach(async () => {
    deployment = await Deployment.start();
  });

  afterEach(() => deployment.close());

  const health = async () => (await fetch(`${deployment.url}/healthz`)).status;

  test("works on when its reader has gone", async () => {
    for (const part of ["web", "worker"] as const) {
      const { child } = deployment.process(part);
      child.stdout?.destroy();
      child.stderr?.destroy();
    }

    const answers = [];
    for (let sent = 0; sent < 20; sent += 1) answers.push(await health());

    expect(new Set(answers)).toEqual(new Set([200]));
    await deployment.leftovers();
    expect(await deployment.process("worker").stop()).toBe(0);
    expect(await deployment.process("web").stop()).toBe(0);
  });

  test("does not wait for a reader that has stopped reading", async () => {
    const { child } = deployment.process("web");
    child.stdout?.pause();

    // Each request is a line: together they are many times what a pipe holds.
    for (let round = 0; round < 60; round += 1) {
      const answers = await Promise.all(Array.from({ length: 100 }, health));
      expect(answers.every((status) => status === 200)).toBe(true);
    }

    child.stdout?.resume();
    await until(async () => {
      await health();
      return deployment.process("web").output.includes("Log lines were dropped");
    });
    expect(await deployment.process("web").stop()).toBe(0);
  });
});

describe("A command whose output nobody reads", () => {
  let folder: string;
  let store: Awaited<ReturnType<typeof startMongo>>;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "stowage-unread-"));
    store = await startMongo({ folder });
  });

  afterEach(async () => {
    await store.server.stop();
    await rm(folder, { recursive: true });
  });

  test.each([
    ["common/migrations", []],
    ["common/encryption", ["status"]],
    ["common/maintenance/scrub", ["--now"]],
    ["common/maintenance/scrub", ["--help"]],
    ["packages/embedded-mongo/src/maintenance", ["--verify", "--data"]],
  ])("does its work all the same: %s %j", async (program, args) => {
    const rest = args.includes("--data") ? [folder] : [];
    const command = new WatchedProcess(process.execPath, [built(program), ...args, ...rest], {
      env: { MONGODB_URL: store.url },
    });
    command.child.stdout?.destroy();
    command.child.stderr?.destroy();

    expect(await command.untilEnded()).toBe(0);
  });

  test("goes on to serve: the embedded stores", async () => {
    const redis = new WatchedProcess(process.execPath, [built("embedded/redis")]);
    redis.child.stdout?.destroy();
    redis.child.stderr?.destroy();
    store.server.child.stdout?.destroy();
    store.server.child.stderr?.destroy();

    expect(await store.server.stop()).toBe(0);
    expect(await redis.stop()).not.toBe(1);
  });
});
