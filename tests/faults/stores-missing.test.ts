import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { built, freePort, startPart } from "../support/processes.js";
import { WatchedProcess } from "../support/watched-process.js";

const START = fileURLToPath(new URL("../../../scripts/start.js", import.meta.url));
const PASSWORD = "hunter2hunter2";

/** Nobody listens on the one port, and somebody who never says a word on the other. */
let refusing: string;
let silent: string;
let server: Server;
let sockets: Socket[];
let processes: WatchedProcess[];

beforeEach(async () => {
  sockets = [];
  processes = [];
  server = createServer((socket) => sockets.push(socket)).listen(0, "127.0.0.1");
  await once(server, "listening");
  refusing = `127.0.0.1:${await freePort()}`;
  silent = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  for (const started of processes) await started.stop("SIGKILL");
  for (const socket of sockets) socket.destroy();
  server.close();
  await once(server, "close");
});

const mongodbUrl = (address: string) => `mongodb://somebody:${PASSWORD}@${address}/stowage`;
const redisUrl = (address: string) => `redis://somebody:${PASSWORD}@${address}`;

function settings(mongo: string, redis: string) {
  return {
    MONGODB_URL: mongodbUrl(mongo),
    REDIS_URL: redisUrl(redis),
    SESSION_SECRETS: "0123456789abcdef0123456789abcdef",
    DEPENDENCY_TIMEOUT_MS: "1000",
    PORT: "0",
  };
}

function watch(started: WatchedProcess): WatchedProcess {
  processes.push(started);
  return started;
}

describe.each(["refusing", "silent"] as const)("While a store is %s", (kind) => {
  const address = () => (kind === "refusing" ? refusing : silent);

  test.each([
    ["common/migrations", []],
    ["common/encryption", ["status"]],
    ["common/maintenance/scrub", ["--list"]],
  ])("%s says so, and ends with the reason", async (program, args) => {
    const command = watch(
      new WatchedProcess(process.execPath, [built(program), ...args], {
        env: settings(address(), address()),
      }),
    );

    expect(await command.untilEnded()).toBeGreaterThan(0);
    const lines = command.output.trimEnd().split("\n");
    expect(lines[0]).toMatch(/Waiting for MongoDB: 127/);
    expect(lines.at(-1)).toMatch(`MongoDB at ${address()} does not answer: `);
    expect(lines.at(-1)).toMatch(/ECONNREFUSED|timed out/);
    expect(command.output).not.toContain("closed");
    expect(command.output).not.toContain("    at ");
    expect(command.output).not.toMatch(`somebody|${PASSWORD}`);
  });

  test.each(["api", "worker"] as const)("%s says so, and waits on", async (part) => {
    const started = watch(startPart(part, settings(address(), address())));

    await started.untilPrinted("Waiting for MongoDB");
    await started.untilPrinted("Redis");

    expect(started.hasEnded).toBe(false);
    expect(started.output).toContain(`"server":"${address()}"`);
    expect(started.output).not.toMatch(`somebody|${PASSWORD}`);
  });
});

test.each([
  "mongodb://somebody:hunter2hunter2@[::1/x",
  "mongodb://somebody:hunter2@hunter2@a,,b/?x=y",
])("A MONGODB_URL that is none is refused without being printed: %s", async (url) => {
  const env = { ...settings(refusing, refusing), MONGODB_URL: url };
  const outputs = ["common/migrations", "api", "worker"].map(async (program) => {
    const started = watch(new WatchedProcess(process.execPath, [built(program)], { env }));
    return { code: await started.untilEnded(), output: started.output };
  });

  for (const { code, output } of await Promise.all(outputs)) {
    expect(code).toBe(78);
    expect(output).toMatch(/^MONGODB_URL cannot be used: /m);
    expect(output).not.toMatch(/hunter2|somebody|\n {4}at /);
  }
});

test("npm start on a MongoDB that is not there says so, and ends with 1", async () => {
  const folder = mkdtempSync(join(tmpdir(), "stowage-missing-"));
  const options = ["--port", String(await freePort()), "--data", folder];
  const stowage = watch(
    new WatchedProcess(process.execPath, [START, ...options], {
      env: { ...process.env, ...settings(refusing, ""), REDIS_URL: "" },
    }),
  );

  expect(await stowage.untilEnded()).toBe(1);
  await rm(folder, { recursive: true });

  expect(stowage.output).toContain(`Waiting for MongoDB: ${refusing}: connect ECONNREFUSED`);
  expect(stowage.output).toContain("release ended with exit code 78. Its log: ");
  expect(stowage.output).not.toContain(PASSWORD);
});
