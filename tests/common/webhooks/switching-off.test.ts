import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { AuditDoc } from "../../../common/audit/repository.js";
import type { DeliveryDoc, WebhookDoc, WebhookOwner } from "../../../common/webhooks/webhook.js";
import { mailedTo, type MailedPerson, verifiedPerson } from "../../support/mail-world.js";
import { unfolded, SmtpSink } from "../../support/smtp-sink.js";
import { World } from "../../support/world.js";
import { WebhookReceiver } from "../../support/webhook-receiver.js";

let [sink, receiver, world, person]: [SmtpSink?, WebhookReceiver?, World?, MailedPerson?] = [];

const parts = () => {
  if (!sink || !receiver || !world || !person) throw new Error("Nothing has started");
  return { sink, receiver, world, person };
};

beforeAll(async () => {
  sink = await SmtpSink.start();
  receiver = await WebhookReceiver.start();
  world = await World.start({ ...mailedTo(sink), webhookAllowPrivate: true });
});
afterAll(async () => {
  await world?.close();
  await receiver?.close();
  await sink?.close();
});
beforeEach(async () => {
  if (!world || !sink) throw new Error("Nothing has started");
  person = await verifiedPerson(world, sink);
  sink.mails.length = 0;
});

const DAYS_MS = 86_400_000;

async function listen(ownerId: WebhookOwner) {
  const url = new URL(`${parts().receiver.url}?token=very-secret`);
  const terms = { url, label: "Backup", folderId: null, events: ["folder.created" as const] };
  return (await parts().world.services.webhooks.create(ownerId, terms)).webhook;
}

const collections = () => ({
  webhooks: parts().world.mongo.db.collection<WebhookDoc>("webhooks"),
  deliveries: parts().world.mongo.db.collection<DeliveryDoc>("webhookDeliveries"),
});

/** The last try of what waits is due. */
async function makeLast(): Promise<void> {
  const { webhooks, deliveries } = collections();
  const firstTriedAt = new Date(Date.now() - 3 * DAYS_MS);
  const last = { tries: 16, firstTriedAt, dueAt: new Date(Date.now() - 1000) };
  await deliveries.updateMany({ state: "pending" }, { $set: last });
  await webhooks.updateMany({}, { $set: { restUntil: null } });
}

describe("A webhook is switched off", () => {
  test("at once when its endpoint answers 410; its owner is told, without the secret in its URL", async () => {
    const { client, id, email, username } = parts().person;
    const { _id } = await listen(id);
    parts().receiver.answer = () => ({ status: 410 });
    await client.makeFolder("one");
    await parts().world.settle();

    const found = await parts().world.services.webhooks.find(id, _id);
    expect(found).toMatchObject({ isEnabled: false, disabledReason: "gone", pending: 0 });
    expect(found).not.toHaveProperty("noticeDueAt");
    const text = unfolded(await parts().sink.mailTo(email));
    expect(text).toMatch(/410 Gone/);
    expect(text).toContain("Webhook: Backup");
    expect(text).toContain(username);
    expect(text).toContain(`Sent to: ${new URL(parts().receiver.url).origin}\r\n`);
    expect(text).not.toContain("very-secret");
    const audit = parts().world.mongo.db.collection<AuditDoc>("auditEvents");
    expect(await audit.findOne({ "target.id": _id })).toMatchObject({
      ...{ action: "webhook.disable", accountId: id, actor: null },
      changes: { disabledReason: [null, "gone"] },
    });
  });

  test("when a delivery has failed for three days and nothing else succeeded; what waits is sent once it is on again", async () => {
    const { client, id, email } = parts().person;
    const { _id } = await listen(id);
    parts().receiver.answer = () => ({ status: 500 });
    await client.makeFolder("one");
    await parts().world.settle();
    await makeLast();
    await client.makeFolder("two");
    await parts().world.settle();

    expect(await parts().world.services.webhooks.find(id, _id)).toMatchObject({
      ...{ isEnabled: false, disabledReason: "failing", pending: 1 },
    });
    expect(unfolded(await parts().sink.mailTo(email))).toMatch(/for three days/);

    parts().receiver.answer = () => ({ status: 204 });
    await parts().world.services.webhooks.change(id, _id, { isEnabled: true });
    await collections().deliveries.updateMany(
      { state: "pending" },
      { $set: { dueAt: new Date() } },
    );
    await parts().world.settle();

    expect(await parts().world.services.webhooks.find(id, _id)).toMatchObject({
      ...{ isEnabled: true, disabledReason: null, pending: 0, failures: 0 },
    });
  });

  test("and the admins are told of one of the installation, also after a crash before the mail", async () => {
    const { client, id, email } = parts().person;
    await parts().world.services.accountAdministration.change(id, { role: "admin" });
    const { _id } = await listen(null);
    parts().receiver.answer = () => ({ status: 410 });
    await client.makeFolder("one");
    await parts().world.settle();
    expect(unfolded(await parts().sink.mailTo(email))).toMatch(/410 Gone/);

    parts().sink.mails.length = 0;
    await collections().webhooks.updateOne(
      { _id },
      { $set: { noticeDueAt: new Date(Date.now() - 60_000) } },
    );
    await parts().world.sweep();
    await parts().world.settle();

    expect(unfolded(await parts().sink.mailTo(email))).toMatch(/410 Gone/);
    expect(await collections().webhooks.findOne({ _id })).not.toHaveProperty("noticeDueAt");
  });
});
