import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { readFile, rm } from "node:fs/promises";
import { mkdtempSync, readFileSync, symlinkSync } from "node:fs";
import { once } from "node:events";
import { type ChildProcess, spawn } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isRunning, until, WatchedProcess } from "../support/watched-process.js";

const PART = fileURLToPath(new URL("stand-in/part.js", import.meta.url));
const FOLLOW_PARENT = fileURLToPath(
  new URL("../../../scripts/parts/follow-parent.js", import.meta.url),
);
const SUPERVISE = fileURLToPath(new URL("stand-in/supervise.js", import.meta.url));

interface Note {
  readonly name: string;
  readonly event: string;
  readonly pid: number;
}

let folder: string;
let supervisor: WatchedProcess | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stowage-supervisor-"));
});

afterEach(async () => {
  await supervisor?.stop("SIGKILL");
  await until(() => journal().every(({ pid }) => !isRunning(pid)));
  await rm(folder, { recursive: true });
});

function part(name: string, behaviour: string, more: object = {}) {
  const env = { PATH: process.env["PATH"] };
  const command = [PART, name, behaviour, join(folder, "journal")];
  return { name, command, env, ready: "line", ...more };
}

function start(...stages: object[][]): WatchedProcess {
  supervisor = new WatchedProcess(process.execPath, [SUPERVISE, JSON.stringify(stages), folder]);
  return supervisor;
}

/** What the parts noted so far, in order. */
function journal(): Note[] {
  try {
    const lines = readFileSync(join(folder, "journal"), "utf8").trimEnd().split("\n");
    return lines.map((line) => JSON.parse(line) as Note);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function events(): string[] {
  return journal().map(({ name, event }) => `${name} ${event}`);
}

function pidsOf(name: string): number[] {
  return journal().flatMap((note) =>
    note.name === name && note.event === "started" ? [note.pid] : [],
  );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

describe("the supervisor of npm start", () => {
  test("starts stage by stage, hands addresses on, and stops in the opposite order", async () => {
    const port = await freePort();
    const task = part("task", "task", { ready: "exit", uses: { STORE_URL: "store" } });
    const web = part("web", "web", {
      env: { PATH: process.env["PATH"], PORT: String(port) },
      ready: `http://127.0.0.1:${port}/`,
    });

    const supervisor = start([part("store", "store")], [task], [web]);
    await supervisor.untilPrinted("all ready");

    expect(await supervisor.stop()).toBe(0);
    expect(events()).toEqual([
      "store started",
      "task started",
      "task saw address-of-store",
      "web started",
      "web stopped",
      "store stopped",
    ]);
  });

  test("starts a part again that was killed, waits longer each time, and says so", async () => {
    const supervisor = start([part("store", "store")]);
    await supervisor.untilPrinted("all ready");

    process.kill(pidsOf("store").at(-1) ?? Number.NaN, "SIGKILL");
    await supervisor.untilPrinted("store died (SIGKILL); starting it again in 0.5 s.");
    await supervisor.untilPrinted("store is back.");
    process.kill(pidsOf("store").at(-1) ?? Number.NaN, "SIGKILL");
    await supervisor.untilPrinted("store died (SIGKILL); starting it again in 1 s.");
    await until(() => pidsOf("store").length === 3);

    expect(await supervisor.stop()).toBe(0);
  });

  test("ends with 1 when a part cannot start, names its log, and stops the others", async () => {
    const supervisor = start([part("store", "store")], [part("web", "failing")]);

    expect(await supervisor.untilEnded()).toBe(1);
    expect(supervisor.output).toContain("the reason why");
    expect(supervisor.output).toContain(
      `web ended with exit code 3 before it was ready. Its log: ${join(folder, "web.log")}`,
    );
    expect(supervisor.output).not.toContain("all ready");
    expect(events().at(-1)).toBe("store stopped");
  });

  test("says what it waits for when a part takes long", async () => {
    const web = part("web", "unready", { ready: `http://127.0.0.1:${await freePort()}/` });
    const supervisor = start([part("store", "store")], [web]);

    await supervisor.untilPrinted("Waiting for web to be ready (http://127.0.0.1:");
    await supervisor.untilPrinted("answers ECONNREFUSED) ...");

    expect(await supervisor.stop()).toBe(0);
  });

  test("stops what has started when it is interrupted while it starts", async () => {
    const env = { PATH: process.env["PATH"], PORT: "0" };
    const supervisor = start([part("store", "store")], [part("silent", "web", { env })]);
    await until(() => events().includes("silent started"));

    expect(await supervisor.stop("SIGINT")).toBe(0);
    expect(journal().every(({ pid }) => !isRunning(pid))).toBe(true);
  });

  test("takes the two signals of one Ctrl-C under npm for one, and kills at a later one", async () => {
    const supervisor = start([part("deaf", "deaf")]);
    await supervisor.untilPrinted("all ready");

    supervisor.child.kill("SIGINT");
    supervisor.child.kill("SIGINT");
    await until(() => events().includes("deaf heard SIGTERM"));
    expect(pidsOf("deaf").every(isRunning)).toBe(true);
    await until(() => {
      // A process that is about to exit has no handlers for signals any more.
      if (pidsOf("deaf").some(isRunning)) supervisor.child.kill("SIGINT");
      return supervisor.hasEnded;
    });

    expect(await supervisor.untilEnded()).toBe(130);
    expect(pidsOf("deaf").some(isRunning)).toBe(false);
  });

  test("leaves no part behind when it is killed with SIGKILL, and they stop gracefully", async () => {
    const supervisor = start([part("one", "store"), part("two", "store")]);
    await supervisor.untilPrinted("all ready");

    await supervisor.stop("SIGKILL");
    await until(() => journal().every(({ pid }) => !isRunning(pid)));

    expect(events()).toEqual(expect.arrayContaining(["one stopped", "two stopped"]));
  });

  test("shows warnings and errors readably, and logs every line as it came", async () => {
    const supervisor = start([part("web", "talking")]);
    await supervisor.untilPrinted("all ready");
    await supervisor.stop();

    const lines = supervisor.output.split("\n").map((line) => line.trim().replace(/ +/g, " "));
    expect(lines).toEqual(
      expect.arrayContaining([
        "web warn disk almost full freeBytes=7",
        "web error request failed err=no such table",
        "web warn plain words",
      ]),
    );
    expect(supervisor.output).not.toContain("routine");
    expect(supervisor.output).not.toContain("\u001b");
    const log = await readFile(join(folder, "web.log"), "utf8");
    expect(log).toContain('{"level":30,"msg":"routine"}\n');
    expect(log).toContain("plain words\n");
  });
});

describe("the supervisor of npm start whose words nobody reads", () => {
  test("looks after its parts when the reader has gone (npm start | head)", async () => {
    const supervisor = start([part("store", "store"), part("web", "talking")]);
    await supervisor.untilPrinted("all ready");
    supervisor.child.stdout?.destroy();
    supervisor.child.stderr?.destroy();

    for (const starts of [2, 3]) {
      process.kill(pidsOf("store").at(-1) ?? Number.NaN, "SIGKILL");
      await until(() => pidsOf("store").length === starts);
    }

    expect(pidsOf("web").filter(isRunning)).toHaveLength(1);
    expect(await supervisor.stop()).toBe(0);
    expect(events().at(-1)).toMatch("stopped");
  });

  test("loses log lines, and says so, when the disk is full", async () => {
    symlinkSync("/dev/full", join(folder, "web.log"));

    const supervisor = start([part("web", "talking")]);
    await supervisor.untilPrinted("Log lines are lost: ENOSPC");
    await supervisor.untilPrinted("all ready");

    expect(await supervisor.stop()).toBe(0);
    expect(events()).toEqual(["web started", "web stopped"]);
  });
});

describe("a part whose starter had gone before it listened for that", () => {
  let child: ChildProcess;

  afterEach(() => {
    child.kill("SIGKILL");
  });

  test("stops", async () => {
    child = spawn(
      process.execPath,
      ["--import", FOLLOW_PARENT, PART, "late", "store", join(folder, "journal")],
      { stdio: ["ignore", "ignore", "ignore", "ipc"] },
    );
    child.disconnect();

    expect(await once(child, "exit")).toEqual([null, "SIGTERM"]);
  }, 20_000);
});
