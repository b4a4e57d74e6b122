import { afterEach, describe, expect, test } from "@jest/globals";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import type { WatchedProcess } from "../support/watched-process.js";
import { startPart } from "../support/processes.js";

const COMPLETE = {
  MONGODB_URL: "mongodb://127.0.0.1:1/stowage",
  REDIS_URL: "redis://127.0.0.1:1",
  SESSION_SECRETS: "0123456789abcdef0123456789abcdef",
};

let started: WatchedProcess | undefined;

afterEach(() => started?.stop("SIGKILL"));

/** Starts a part that should not start. @returns Its exit code and all that it printed. */
async function outcomeOf(part: "api" | "worker", settings: Record<string, string>) {
  started = startPart(part, settings);
  return { code: await started.untilEnded(), output: started.output };
}

describe("a process that is not configured", () => {
  test("names everything that the web process misses at once, and nothing else", async () => {
    const { code, output } = await outcomeOf("api", {});

    expect(code).toBe(78);
    const lines = output.trimEnd().split("\n");
    expect(lines.map((line) => line.split(" ", 1)[0])).toEqual([
      "MONGODB_URL",
      "REDIS_URL",
      "SESSION_SECRETS",
    ]);
  });

  test("names everything that the worker misses at once", async () => {
    const { code, output } = await outcomeOf("worker", {});

    expect(code).toBe(78);
    expect(output.trimEnd().split("\n")).toHaveLength(2);
  });

  test.each(["changeme", "a".repeat(64), "0123456789abcdef0123456789abcdef,secret", ","])(
    "refuses the session secret `%s` without printing it",
    async (secret) => {
      const { code, output } = await outcomeOf("api", { ...COMPLETE, SESSION_SECRETS: secret });

      expect(code).toBe(78);
      expect(output).toContain("SESSION_SECRETS must be");
      expect(output.replace(/^SESSION_SECRETS must .*$/m, "").trim()).toBe("");
    },
  );

  test("names every value that is wrong, at once, and prints no secret among them", async () => {
    const { code, output } = await outcomeOf("api", {
      ...COMPLETE,
      MONGODB_URL: "postgres://somebody:hunter2hunter2@db/stowage",
      REDIS_URL: "somebody:hunter3hunter3@redis",
      PORT: "http",
      MAX_FILE_BYTES: "-1",
      DEFAULT_QUOTA_BYTES: "10GB",
      UPLOAD_IDLE_TIMEOUT_SECONDS: "0",
      LOG_LEVEL: "loud",
    });

    expect(code).toBe(78);
    const wrong = ["MONGODB_URL", "REDIS_URL", "PORT", "MAX_FILE_BYTES", "DEFAULT_QUOTA_BYTES"];
    for (const name of [...wrong, "UPLOAD_IDLE_TIMEOUT_SECONDS", "LOG_LEVEL"]) {
      expect(output).toMatch(new RegExp(`^${name} must be`, "m"));
    }
    expect(output).not.toMatch(/hunter|somebody/);
  });
});

describe("a web process whose port is taken", () => {
  test("ends with a sentence that names the port, and no stack", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;

    const { code, output } = await outcomeOf("api", { ...COMPLETE, PORT: String(port) });
    other.close();

    expect(code).toBe(78);
    expect(output).toContain(`127.0.0.1:${port}`);
    expect(output).not.toContain("    at ");
  });
});
