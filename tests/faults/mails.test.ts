import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { closeRedis, openRedis } from "../../common/platform/redis.js";
import { createLogger } from "../../common/platform/log.js";
import { Client } from "../support/client.js";
import { Deployment } from "../support/deployment.js";
import { eventually } from "../support/eventually.js";
import { setEmail } from "../support/mail-world.js";
import { mentionsInRedis } from "../support/mentions.js";
import { linkIn, SmtpSink } from "../support/smtp-sink.js";

let sink: SmtpSink;
let deployment: Deployment;

beforeEach(async () => {
  sink = await SmtpSink.start();
  deployment = await Deployment.prepare({
    owns: ["redis"],
    settings: sink.settings,
  });
  await deployment.startPart("web");
  await deployment.untilReady();
});

afterEach(async () => {
  await deployment.close();
  await sink.close();
});

const EMAIL = "somebody@people.example";

/** Somebody who has asked for a mail. */
async function askForMail(): Promise<Client> {
  const client = new Client(deployment.url);
  await client.register();
  const { status } = await setEmail(client, EMAIL);
  if (status !== 200) throw new Error(`Not asked for: ${status}`);
  return client;
}

async function withRedis<T>(use: (redis: ReturnType<typeof openRedis>) => Promise<T>): Promise<T> {
  const log = createLogger({ level: "silent", part: "test" });
  const redis = openRedis({ url: deployment.redisUrl, timeoutMs: 5000, log });
  try {
    return await use(redis);
  } finally {
    await closeRedis(redis);
  }
}

const countMails = () => deployment.withDb((db) => db.collection("mails").countDocuments());

describe("A mail", () => {
  test("is sent although Redis was wiped before, and Redis never has its address or its link", async () => {
    const client = await askForMail();
    const mentions = await withRedis(async (redis) => {
      const prefix = deployment.settings["REDIS_PREFIX"] ?? "";
      await eventually(
        () => redis.keys(`${prefix}:jobs:mail.send-*`),
        (keys) => keys.length === 1,
      );
      const found = await mentionsInRedis(redis, prefix, [EMAIL, "email-verification"]);
      await redis.flushall();
      return found;
    });
    expect(mentions).toEqual([]);

    await deployment.startPart("worker");

    const { pathname } = linkIn(await sink.mailTo(EMAIL));
    const page = await fetch(deployment.url + pathname, { method: "POST" });
    expect(page.status).toBe(200);
    expect((await client.get("/api/v1/me")).json).toMatchObject({ isEmailVerified: true });
    await eventually(countMails, (count) => count === 0);
    expect(sink.mails).toHaveLength(1);
  }, 300_000);

  test("is sent again when its worker was killed while it was sending it", async () => {
    await askForMail();
    sink.refusals.set("DATA.", "");
    await deployment.startPart("worker");
    await eventually(
      () => sink.commands,
      (commands) => commands.includes("DATA"),
    );
    expect(await countMails()).toBe(1);

    await deployment.kill("worker");
    sink.refusals.clear();
    await deployment.startPart("worker");

    await sink.mailTo(EMAIL);
    await eventually(countMails, (count) => count === 0);
  }, 300_000);

  test("is sent when the mail server is back, and its worker has not ended", async () => {
    const { port } = sink;
    await sink.close();
    await deployment.startPart("worker");
    await askForMail();
    await deployment.process("worker").untilPrinted("A mail was not sent");
    expect(deployment.process("worker").output).not.toContain(EMAIL);

    sink = await SmtpSink.start({ port });
    await eventually(
      () =>
        deployment.withDb((db) =>
          db.collection("mails").updateMany({}, { $set: { dueAt: new Date(0) } }),
        ),
      ({ matchedCount }) => matchedCount === 1,
    );

    await sink.mailTo(EMAIL);
  }, 300_000);
});
