import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { describe, expect, test } from "@jest/globals";
import { webSettings } from "../../../api/settings.js";
import { ConfigError, loadConfig } from "../../../common/platform/config.js";
import { envExample } from "../../../common/platform/env-example.js";
import { topic, wholeNumber } from "../../../common/platform/setting.js";
import { workerSettings } from "../../../worker/settings.js";

const COMPLETE = {
  MONGODB_URL: "mongodb://127.0.0.1/stowage",
  REDIS_URL: "rediss://user:password@redis.example:6380",
  SESSION_SECRETS: "0123456789abcdef0123456789abcdef, fedcba9876543210fedcba9876543210",
};

const KEY = randomBytes(32).toString("base64");

const faultsOf = (env: Record<string, string>): string => {
  try {
    loadConfig(webSettings, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return "";
};

describe("configuration", () => {
  test("is complete with two URLs and a secret, and defaults for everything else", () => {
    const config = loadConfig(webSettings, COMPLETE);

    expect(config).toMatchObject({
      port: 3000,
      host: "127.0.0.1",
      maxFileBytes: 16 * 1024 ** 3,
      maxFilesPerUpload: 100,
      maxFieldBytes: 64 * 1024,
      defaultQuotaBytes: 10 * 1024 ** 3,
      uploadIdleTimeoutMs: 60_000,
      trustProxyHops: 0,
    });
    expect(config.sessionSecrets).toHaveLength(2);
  });

  test("reads an unlimited quota", () => {
    const config = loadConfig(webSettings, { ...COMPLETE, DEFAULT_QUOTA_BYTES: "unlimited" });

    expect(config.defaultQuotaBytes).toBeNull();
  });

  test("reports all faults at once, a line each", () => {
    const faults = faultsOf({ PORT: "http", MAX_FILE_BYTES: "-1", MONGODB_URL: "localhost" });

    expect(faults.split("\n").map((line) => line.split(" ")[0])).toEqual([
      "MONGODB_URL",
      "REDIS_URL",
      "PORT",
      "SESSION_SECRETS",
      "MAX_FILE_BYTES",
    ]);
  });

  test.each([
    ["no secret", ""],
    ["a short one", "changeme"],
    ["one of a single letter", "a".repeat(64)],
    ["an empty one among good ones", `${COMPLETE.SESSION_SECRETS},`],
  ])("refuses %s, and does not print it", (_, secrets) => {
    const faults = faultsOf({ ...COMPLETE, SESSION_SECRETS: secrets });

    expect(faults).toMatch(/^SESSION_SECRETS /);
    if (secrets !== "") expect(faults).not.toContain(secrets);
  });

  test.each(["1e3", "0x10", " ", "+1", "1.5", "65536", "9007199254740993", "NaN"])(
    "takes %p for no port",
    (port) => {
      const config = () => loadConfig(webSettings, { ...COMPLETE, PORT: port });

      if (port.trim() === "") expect(config().port).toBe(3000);
      else expect(config).toThrow(/^PORT must be a whole number from 0 to 65535$/);
    },
  );

  test.each([
    ["", new Set()],
    ["*", "*"],
    [
      "https://a.example, http://localhost:5173",
      new Set(["https://a.example", "http://localhost:5173"]),
    ],
  ])("reads the origins %j", (CORS_ORIGINS, origins) => {
    expect(loadConfig(webSettings, { ...COMPLETE, CORS_ORIGINS }).corsOrigins).toEqual(origins);
  });

  test.each([
    "*,https://a.example",
    "https://a.example/",
    "https://a.example:443",
    "https://A.example",
    "https://*.example",
    "a.example",
    "null",
    "ftp://a.example",
    "https://a.example,",
  ])("takes %j for no list of origins", (CORS_ORIGINS) => {
    expect(faultsOf({ ...COMPLETE, CORS_ORIGINS })).toMatch(/^CORS_ORIGINS must be a comma list/);
  });

  test.each([
    ["off", null],
    ["0", null],
    ["7", 7],
  ])("takes the limit %j for %j", (given, limit) => {
    const config = loadConfig(webSettings, { ...COMPLETE, RATE_LIMIT_PER_ADDRESS: given });

    expect(config.rateLimitPerAddress).toBe(limit);
  });

  test("reads encryption keys, the current one first, and does without any", () => {
    const keys = `new:${KEY}, old.1:${KEY}`;
    const config = loadConfig(webSettings, { ...COMPLETE, ENCRYPTION_KEYS: keys });

    expect(config.encryptionKeys.map(({ id }) => id)).toEqual(["new", "old.1"]);
    expect(config.encryptionKeys[0]?.key.export().toString("base64")).toBe(KEY);
    expect(inspect(config, { depth: 9 }) + JSON.stringify(config)).not.toContain(KEY);
    expect(loadConfig(webSettings, COMPLETE).encryptionKeys).toEqual([]);
    expect(loadConfig(workerSettings, COMPLETE).encryptionKeys).toEqual([]);
  });

  test.each([
    ["a key without an id", KEY],
    ["an id without a key", "a:"],
    ["an empty one among good ones", `a:${KEY},`],
    ["a key of 31 bytes", `a:${Buffer.from(KEY, "base64").subarray(1).toString("base64")}`],
    ["a key in hexadecimal", `a:${Buffer.from(KEY, "base64").toString("hex")}`],
    ["a key of a single letter", `a:${Buffer.alloc(32, "a").toString("base64")}`],
    ["an id with a space", `a b:${KEY}`],
    ["two keys of one id", `a:${KEY},a:${KEY}`],
  ])("refuses %s for encryption, and does not print it", (_, keys) => {
    const faults = faultsOf({ ...COMPLETE, ENCRYPTION_KEYS: keys });

    expect(faults).toMatch(/^ENCRYPTION_KEYS (?:must be|has two)/);
    expect(faults.split("\n")).toHaveLength(1);
    for (const part of keys.split(/[:,]/).filter(({ length }) => length > 8)) {
      expect(faults).not.toContain(part);
    }
  });

  test("lets nobody read the metrics unless a token is set", () => {
    const token = "0123456789abcdef0123456789abcdef";
    const read = (metricsToken: string) =>
      loadConfig(webSettings, { ...COMPLETE, METRICS_TOKEN: metricsToken }).metricsToken;

    expect(loadConfig(webSettings, COMPLETE).metricsToken).toBeUndefined();
    expect(read(" ")).toBeUndefined();
    expect(read(token)).toBe(token);
    for (const weak of ["secret", "a".repeat(64), `${token} ${token}`, `${token},`]) {
      expect(() => read(weak)).toThrow(/^METRICS_TOKEN must be a random token/);
    }
  });

  test.each(["https://files.example", "http://files.example:8080/", "HTTPS://[::1]:8443"])(
    "reads %s as PUBLIC_URL",
    (url) => {
      const { publicUrl } = loadConfig(webSettings, { ...COMPLETE, PUBLIC_URL: url });

      expect(publicUrl?.origin).toBe(url.toLowerCase().replace(/\/$/, ""));
      expect(loadConfig(webSettings, COMPLETE).publicUrl).toBeUndefined();
    },
  );

  test.each([
    "files.example",
    "ftp://files.example",
    "https://",
    "https://files.example/path",
    "https://files.example?query",
    "https://files.example#part",
    "https://john@files.example",
    "https://files.example:port",
    "https://a b",
    "//files.example",
  ])("takes %p for no PUBLIC_URL", (url) => {
    expect(faultsOf({ ...COMPLETE, PUBLIC_URL: url })).toMatch(/^PUBLIC_URL must be a scheme/);
  });

  test("is printed by topic, with the process that reads each variable", () => {
    const size = (name: string) => ({
      [name]: wholeNumber(name, "A size.", { default: 1, min: 0 }),
    });
    const [disk, net] = [topic("Disk", size("DISK_SIZE")), topic("Net", size("NET_SIZE"))];
    const more = topic("Disk", size("DISK_SPARE"));

    expect(envExample({ web: { ...disk, ...net }, worker: { ...disk, ...more } })).toContain(
      [
        "## Disk",
        "# [all] A size.\n# DISK_SIZE=1",
        "# [worker] A size.\n# DISK_SPARE=1",
        "## Net",
        "# [web] A size.\n# NET_SIZE=1",
      ].join("\n\n"),
    );
  });

  test("is printed whole in .env.example", () => {
    const printed = readFileSync(new URL("../../../../.env.example", import.meta.url), "utf8");

    expect(printed).toBe(envExample({ web: webSettings, worker: workerSettings }));
  });
});
