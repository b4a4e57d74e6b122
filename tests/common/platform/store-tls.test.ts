import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type Server } from "node:tls";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { loadConfig } from "../../../common/platform/config.js";
import { createLogger } from "../../../common/platform/log.js";
import { openMongo } from "../../../common/platform/mongo.js";
import { closeRedis, openRedis } from "../../../common/platform/redis.js";
import { mongoAddress, redisAddress, storeSettings } from "../../../common/platform/settings.js";
import { type Certificate, makeCertificate } from "../../support/certificate.js";
import { serverUrls } from "../../support/databases.js";
import { JoinedSockets } from "../../support/joined-sockets.js";
import { needs } from "../../support/needs.js";

const { describe } = needs("openssl");

const PATIENT_MS = 30_000;

/** What ends TLS in front of a store. */
class TlsProxy {
  readonly #server: Server;
  readonly #sockets = new JoinedSockets();

  constructor({ certificatePath, keyPath }: Certificate, target: () => Socket) {
    const tls = { cert: readFileSync(certificatePath), key: readFileSync(keyPath) };
    this.#server = createServer(tls, (client) => {
      const server = target();
      this.#sockets.join(client, server);
      client.pipe(server).pipe(client);
    });
    this.#server.on("tlsClientError", () => undefined);
  }

  async listen(): Promise<number> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.#sockets.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}

describe("A store behind TLS, whose certificate signs itself", () => {
  const folder = mkdtempSync(join(tmpdir(), "stowage-tls-"));
  let certificate: Certificate;
  let proxies: readonly TlsProxy[] = [];
  let urls: Record<string, string>;

  beforeAll(async () => {
    certificate = await makeCertificate(folder);
    const { mongodbUrl, redisUrl } = serverUrls();
    const mongo = new TlsProxy(certificate, () => connectTo(mongodbUrl, 27_017));
    const redis = new TlsProxy(certificate, () => connectTo(redisUrl, 6379));
    proxies = [mongo, redis];
    urls = {
      MONGODB_URL: `mongodb://${serverOf(mongodbUrl).credentials}127.0.0.1:${await mongo.listen()}/?directConnection=true&tls=true`,
      REDIS_URL: `rediss://${serverOf(redisUrl).credentials}127.0.0.1:${await redis.listen()}`,
    };
  });

  afterAll(async () => {
    for (const proxy of proxies) await proxy.close();
    rmSync(folder, { recursive: true });
  });

  test("is refused without settings", async () => {
    expect(await askBoth({})).toEqual(["away", "away"]);
  });

  test("is trusted by its authority, given as a path, as text, or as text in one line", async () => {
    const { certificatePath, pem } = certificate;
    for (const ca of [certificatePath, pem, pem.trim().replaceAll("\n", "\\n")]) {
      const env = { MONGODB_TLS_CA: ca, REDIS_TLS_CA: ca };
      expect(await askBoth(env, PATIENT_MS)).toEqual(["answers", "answers"]);
    }
  });

  test("is refused by another authority", async () => {
    const otherFolder = mkdtempSync(join(folder, "other-"));
    const { pem } = await makeCertificate(otherFolder);
    expect(await askBoth({ MONGODB_TLS_CA: pem, REDIS_TLS_CA: pem })).toEqual(["away", "away"]);
  });

  test("is used unverified where the settings say so", async () => {
    const env = { MONGODB_TLS_VERIFY: "false", REDIS_TLS_VERIFY: "false" };
    expect(await askBoth(env, PATIENT_MS)).toEqual(["answers", "answers"]);
  });

  /** @param timeoutMs - A store that is to answer may be slow on a busy machine. */
  async function askBoth(env: Record<string, string>, timeoutMs = 2000): Promise<string[]> {
    const config = loadConfig(storeSettings, { ...urls, ...env });
    const log = createLogger({ level: "silent", part: "test" });
    const mongo = openMongo({ ...mongoAddress(config), timeoutMs });
    const redis = openRedis({ ...redisAddress(config), timeoutMs, log });
    try {
      return await Promise.all(
        [mongo.db.command({ ping: 1 }), redis.ping()].map((answer: Promise<unknown>) =>
          answer.then(
            () => "answers",
            () => "away",
          ),
        ),
      );
    } finally {
      await mongo.close();
      await closeRedis(redis);
    }
  }
});

test.each([
  [
    "a path that leads nowhere",
    "/nowhere/ca.pem",
    /MONGODB_TLS_CA names a file that cannot be read/,
  ],
  ["text that is no certificate", "-----BEGIN NOTHING-----", /MONGODB_TLS_CA must be certificates/],
])("%s is refused at start", (_what, ca, message) => {
  const env = { MONGODB_URL: "mongodb://h", REDIS_URL: "redis://h", MONGODB_TLS_CA: ca };
  expect(() => loadConfig(storeSettings, env)).toThrow(message);
});

test("A file that holds no certificate is refused at start", () => {
  const folder = mkdtempSync(join(tmpdir(), "stowage-tls-"));
  const path = join(folder, "empty.pem");
  writeFileSync(path, "");
  const env = { MONGODB_URL: "mongodb://h", REDIS_URL: "redis://h", REDIS_TLS_CA: path };
  try {
    expect(() => loadConfig(storeSettings, env)).toThrow(/REDIS_TLS_CA must be certificates/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** @param url - Of a store; the credentials end with `@` where it has any, and the host may be a unix socket. */
function serverOf(url: string) {
  const [, credentials = "", host = ""] = /^[a-z]+:\/\/([^/?]*@)?([^/?,]+)/.exec(url) ?? [];
  return { credentials, host: decodeURIComponent(host) };
}

function connectTo(url: string, defaultPort: number): Socket {
  const { host } = serverOf(url);
  if (host.endsWith(".sock")) return connect(host);
  const [name = "", port] = host.split(":");
  return connect(Number(port ?? defaultPort), name);
}
