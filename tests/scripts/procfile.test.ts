import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { once } from "node:events";
import { mkdtempSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { needs } from "../support/needs.js";
import { until, WatchedProcess } from "../support/watched-process.js";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

let folder: string;
let processes: WatchedProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stowage-procfile-"));
});

afterEach(async () => {
  // The last started goes first: servers stop after those that use them.
  for (const started of processes.reverse()) await started.stop();
  processes = [];
  await rm(folder, { recursive: true });
});

function start(command: string, args: string[], env: NodeJS.ProcessEnv = {}): WatchedProcess {
  const started = new WatchedProcess(command, args, { cwd: ROOT, env: { ...process.env, ...env } });
  processes.push(started);
  return started;
}

/** The lines of a Procfile, `name: command`. */
function readProcfile(): Map<string, string> {
  const lines = readFileSync(join(ROOT, "Procfile"), "utf8").trimEnd().split("\n");
  return new Map(
    lines.map((line) => [line.split(":", 1)[0] ?? "", line.replace(/^[\w-]+:\s*/, "")]),
  );
}

/** Starts a Procfile's command as its runners do: by a shell, which the command replaces. */
function startEntry(name: string, env: NodeJS.ProcessEnv): WatchedProcess {
  const command = readProcfile().get(name);
  if (command === undefined) throw new Error(`The Procfile has no entry ${name}`);
  return start("sh", ["-c", `exec ${command}`], env);
}

async function startEmbeddedMongo(): Promise<string> {
  const program = join(ROOT, "dist/packages/embedded-mongo/src/main.js");
  return readyUrl(start(process.execPath, [program, "--data", join(folder, "mongo")]));
}

async function startEmbeddedRedis(): Promise<string> {
  return readyUrl(start(process.execPath, [join(ROOT, "dist/embedded/redis/main.js")]));
}

async function readyUrl(server: WatchedProcess): Promise<string> {
  await server.untilPrinted('"ready":true');
  const line = server.output.split("\n").find((text) => text.includes('"ready":true')) ?? "";
  return (JSON.parse(line) as { url: string }).url;
}

async function startRedisServer(): Promise<string> {
  const port = await freePort();
  const options = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder];
  await start("redis-server", options).untilPrinted("Ready to accept connections");
  return `redis://127.0.0.1:${port}`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function isReady(url: string): Promise<boolean> {
  try {
    const { status } = await fetch(`${url}/readyz`);
    return status === 200;
  } catch {
    return false; // Nobody listens yet.
  }
}

describe("the Procfile", () => {
  test("has a release task, a web process and a worker", () => {
    expect([...readProcfile().keys()].sort()).toEqual(["release", "web", "worker"]);
  });

  const BRINGS_UP =
    "brings up what stores, inspects and serves a file on %s, with settings from the environment only";
  const bringsUp = async (_name: string, startRedis: () => Promise<string>) => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const env = {
      NODE_ENV: "production",
      PORT: String(port),
      SESSION_SECRETS: "a secret for this test: 32 characters or more",
      MONGODB_URL: await startEmbeddedMongo(),
      REDIS_URL: await startRedis(),
    };

    expect(await startEntry("release", env).untilEnded()).toBe(0);
    const web = startEntry("web", env);
    const worker = startEntry("worker", env);
    await until(() => isReady(url));
    const cookie = await register(url);
    const { id } = await upload(url, cookie, "hello");
    await until(async () => (await metadata(url, cookie, id)).state === "ready");

    const content = await fetch(`${url}/api/v1/files/${id}`, { headers: { cookie } });
    expect(await content.text()).toBe("hello");
    expect(await web.stop()).toBe(0);
    expect(await worker.stop()).toBe(0);
  };
  test.each([["the embedded Redis", startEmbeddedRedis]])(BRINGS_UP, bringsUp);
  needs("redis-server").test.each([["redis-server", startRedisServer]])(BRINGS_UP, bringsUp);

  test("web and worker refuse to start in production without their secrets, and say what is missing", async () => {
    const env = {
      NODE_ENV: "production",
      PORT: String(await freePort()),
      SESSION_SECRETS: "",
      MONGODB_URL: "",
      REDIS_URL: "",
    };
    const web = startEntry("web", env);
    const worker = startEntry("worker", env);

    expect(await web.untilEnded()).toBeGreaterThan(0);
    expect(await worker.untilEnded()).toBeGreaterThan(0);
    expect(web.output).toContain("SESSION_SECRETS");
    expect(worker.output).toContain("MONGODB_URL");
  });
});

/** @returns the session cookie. */
async function register(url: string): Promise<string> {
  const response = await fetch(`${url}/api/v1/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ username: "john", password: "seven-purple-owls" }),
  });
  expect(response.status).toBe(201);
  return response.headers
    .getSetCookie()
    .map((line) => line.split(";", 1)[0])
    .join("; ");
}

async function upload(url: string, cookie: string, content: string): Promise<{ id: string }> {
  const response = await fetch(`${url}/api/v1/files?name=hello.txt`, {
    method: "PUT",
    headers: { cookie },
    body: content,
  });
  expect(response.status).toBe(201);
  return (await response.json()) as { id: string };
}

async function metadata(url: string, cookie: string, id: string): Promise<{ state: string }> {
  const response = await fetch(`${url}/api/v1/files/${id}/metadata`, { headers: { cookie } });
  return (await response.json()) as { state: string };
}
