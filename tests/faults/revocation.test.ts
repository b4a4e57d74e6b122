import { afterAll, beforeAll, expect } from "@jest/globals";
import { newId } from "../../common/platform/ids.js";
import { Client } from "../support/client.js";
import { Deployment } from "../support/deployment.js";
import { needs } from "../support/needs.js";
import { OidcIssuer } from "../support/oidc-issuer.js";
import { freePort, startPart } from "../support/processes.js";
import type { WatchedProcess } from "../support/watched-process.js";
import { openRedis, closeRedis } from "../../common/platform/redis.js";
import { createLogger } from "../../common/platform/log.js";
import { REVOCATIONS, type Stage } from "./revocations.js";

const { describe, test } = needs("redis-server");

/** What the other web process must know without Redis, which is a cache of nothing. */
const CONDITIONS = ["is wiped", "is away"] as const;

describe.each(CONDITIONS)("While Redis %s, another web process refuses at once", (condition) => {
  let deployment: Deployment;
  let issuer: OidcIssuer;
  let other: WatchedProcess | undefined;
  let stage: Stage;

  beforeAll(async () => {
    const port = await freePort();
    const there = `http://127.0.0.1:${port}`;
    issuer = await OidcIssuer.start(`${there}/api/v1/login/oidc/callback`);
    deployment = await Deployment.prepare({
      owns: ["redis"],
      settings: {
        PUBLIC_URL: there,
        OIDC_ISSUER: issuer.url,
        OIDC_CLIENT_ID: issuer.clientId,
        OIDC_CLIENT_SECRET: issuer.clientSecret,
      },
    });
    await deployment.startPart("web");
    other = startPart("api", { ...deployment.settings, PORT: String(port) });
    await other.untilPrinted("The web process is ready");
    if (condition === "is away") await deployment.kill("redis");
    stage = { here: deployment.url, there, admin: await makeAdmin(deployment) };
  }, 300_000);

  afterAll(async () => {
    await other?.stop("SIGKILL");
    await deployment.close();
    await issuer.close();
  });

  test.each(REVOCATIONS)(
    "%s",
    async (_title, begin, expected) => {
      issuer.subject = newId();
      const { ask, revoke } = await begin(stage);
      const before = await ask();
      if (condition === "is wiped") await wipe(deployment);

      const revoked = await revoke();
      const first = await ask();
      if (condition === "is wiped") await wipe(deployment);
      const later = await ask();

      expect(before.status).toBeLessThan(300);
      expect(revoked.status).toBeLessThan(300);
      expect([first.status, first.json?.code]).toEqual(expected);
      expect([later.status, later.json?.code]).toEqual(expected);
    },
    180_000,
  );

  test("and fails at nothing", () => {
    expect(deployment.failures("web")).toEqual([]);
  });
});

async function makeAdmin(deployment: Deployment): Promise<Client> {
  const admin = new Client(deployment.url);
  const { id } = await admin.register();
  await deployment.withDb((db) =>
    db.collection("accounts").updateOne({ _id: id as never }, { $set: { role: "admin" } }),
  );
  return admin;
}

async function wipe(deployment: Deployment): Promise<void> {
  const log = createLogger({ level: "silent", part: "test" });
  const redis = openRedis({ url: deployment.redisUrl, timeoutMs: 10_000, log });
  await redis.flushall();
  await closeRedis(redis);
}
