import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isRunning, readProcess, until, WatchedProcess } from "../support/watched-process.js";

const START = fileURLToPath(new URL("../../../scripts/start.js", import.meta.url));
const SCRUB = fileURLToPath(new URL("../../../scripts/scrub.js", import.meta.url));

let folder: string;
let port: number;
let stowage: WatchedProcess;

async function start(name = ""): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), `stowage-start-${name}`));
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  ({ port } = probe.address() as AddressInfo);
  probe.close();
  stowage = run();
  await stowage.untilPrinted("Stowage is running");
}

async function stop(): Promise<void> {
  await stowage.stop();
  await rm(folder, { recursive: true });
}

/** `npm start -- --port … --data …` without any server named. */
function run(): WatchedProcess {
  return new WatchedProcess(process.execPath, [START, "--port", String(port), "--data", folder], {
    env: { ...process.env, MONGODB_URL: "", REDIS_URL: "" },
  });
}

/** The processes that `npm start` runs, by the part of `dist` that they run. */
function parts(): Map<string, number> {
  const pids = readdirSync("/proc").map(Number).filter(Number.isInteger);
  return new Map(
    pids.flatMap((pid) => {
      const { parent, args = "" } = readProcess(pid) ?? {};
      const program = /\/dist\/(\S+)\/main\.js/.exec(args)?.[1];
      return program === undefined || parent !== stowage.pid ? [] : [[program, pid] as const];
    }),
  );
}

function pidOf(program: string): number {
  const pid = parts().get(program);
  if (pid === undefined) throw new Error(`${program} does not run`);
  return pid;
}

function readiness(): Promise<number> {
  return fetch(`http://127.0.0.1:${port}/readyz`).then(
    ({ status }) => status,
    () => 0,
  );
}

describe("npm start, as long as it runs,", () => {
  beforeAll(() => start());
  afterAll(stop);

  test("prints a link that makes the first admin, until there is one", async () => {
    await stowage.untilPrinted("Make an admin");
    const link = /http:\S+\/setup\/[\w-]{43}/.exec(stowage.output)?.[0] ?? "";
    const post = (username: string) =>
      fetch(link, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json" },
        body: JSON.stringify({ username, password: "seven-purple-owls" }),
      });

    expect(await (await post("first")).json()).toMatchObject({ username: "first", role: "admin" });
    expect((await post("second")).status).toBe(404);
  });

  test("brings up the stores, the worker and the web process, and shows where the Swagger page is", async () => {
    await stowage.untilPrinted(`http://127.0.0.1:${port}/docs`);
    await stowage.untilPrinted(folder);
    expect([...parts().keys()].sort()).toEqual([
      "api",
      "embedded/redis",
      "packages/embedded-mongo/src",
      "worker",
    ]);
    const docs = await fetch(`http://127.0.0.1:${port}/docs`);
    expect(docs.status).toBe(200);
    expect(readdirSync(join(folder, "logs"))).toContain("web.log");
  });

  test.each([
    ["web", "api"],
    ["worker", "worker"],
    ["mongodb", "packages/embedded-mongo/src"],
    ["redis", "embedded/redis"],
  ])("starts %s again when it was killed, says so, and serves as before", async (name, program) => {
    process.kill(pidOf(program), "SIGKILL");

    await stowage.untilPrinted(`${name} died (SIGKILL)`);
    await stowage.untilPrinted(`${name} is back.`);
    await until(async () => (await readiness()) === 200);
    expect(parts().size).toBe(4);
  });

  test("refuses a second start on the same data folder with one sentence, and leaves the first alone", async () => {
    const second = run();

    expect(await second.untilEnded()).toBe(1);
    expect(second.output).toContain(`Stowage is already running on ${folder}`);
    expect(second.output.trimEnd().split("\n")).toHaveLength(1);
    expect(await readiness()).toBe(200);
  });

  test("stops everything on one signal and ends with 0", async () => {
    const pids = [...parts().values()];

    expect(await stowage.stop("SIGINT")).toBe(0);

    expect(pids.filter(isRunning)).toEqual([]);
    expect(readdirSync(folder)).not.toContain("lock");
  });
});

describe("npm start", () => {
  beforeEach(() => start());
  afterEach(stop);

  test("leaves nothing behind when it is killed with SIGKILL, and starts again on the same folder", async () => {
    const pids = [...parts().values()];
    const secrets = readFileSync(join(folder, "secrets.json"), "utf8");

    await stowage.stop("SIGKILL");
    await until(() => !pids.some(isRunning));
    stowage = run();
    await stowage.untilPrinted("Stowage is running");

    expect(readFileSync(join(folder, "secrets.json"), "utf8")).toBe(secrets);
  });
});

describe("npm start on a data folder with signs that have a meaning in a URL", () => {
  beforeEach(() => start("a%20b #c?d:e@f,ü%"));
  afterEach(stop);

  test("starts, and the commands find its store", async () => {
    expect(await readiness()).toBe(200);

    const scrub = new WatchedProcess(process.execPath, [SCRUB, "--list"], {
      env: { ...process.env, MONGODB_URL: "", DATA_DIR: folder },
    });

    expect(await scrub.untilEnded()).toBe(0);
    expect(scrub.output).not.toContain("cannot");
  });
});
