import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { MailDoc } from "../../../common/mail/mail.js";
import { MailOutcomes } from "../../../common/mail/outcomes.js";
import { eventually } from "../../support/eventually.js";
import { mailedTo, newPerson, setEmail } from "../../support/mail-world.js";
import { SmtpSink } from "../../support/smtp-sink.js";
import { World } from "../../support/world.js";

let sink: SmtpSink;
let world: World;

beforeEach(async () => {
  sink = await SmtpSink.start();
  world = await World.start(mailedTo(sink));
});

afterEach(async () => {
  await world.close();
  await sink.close();
});

const mails = () => world.mongo.db.collection<MailDoc>("mails");

async function pendingMail() {
  const person = await newPerson(world);
  await setEmail(person.client, person.email);
  const mail = await mails().findOne({ to: person.email });
  if (mail === null) throw new Error("There is no mail");
  return { ...person, mailId: mail._id };
}

/** As if it was time for the next try. */
const later = () => mails().updateMany({}, { $set: { dueAt: new Date(0) } });

const send = (mailId: string) => world.jobs.mailDelivery.run(mailId, new AbortController().signal);

const countOf = async () => {
  const { redis, config } = world;
  const outcomes = await new MailOutcomes({ redis, prefix: config.redisPrefix }).list();
  return outcomes.map(({ count }) => count);
};

describe("A mail", () => {
  test("that a server puts off is tried again after growing delays, and sent then", async () => {
    const { email, mailId } = await pendingMail();
    sink.refusals.set("RCPT", "451 greylisted");
    const delays: number[] = [];
    for (let n = 0; n < 3; n += 1) {
      await later();
      const before = world.mongo.now().getTime();
      await send(mailId);
      const doc = await mails().findOne({ _id: mailId });
      delays.push(Math.round(((doc?.dueAt.getTime() ?? 0) - before) / 60_000));
    }
    expect(delays).toEqual([1, 2, 4]);
    sink.refusals.clear();

    await send(mailId);
    expect(sink.mails).toEqual([]);
    await later();
    await send(mailId);

    await sink.mailTo(email);
    expect(await mails().countDocuments()).toBe(0);
    await eventually(
      countOf,
      ([sent, failed, givenUp]) => `${sent} ${failed} ${givenUp}` === "1 3 0",
    );
  });

  test("that a server refuses is given up at once, and logged without its address", async () => {
    const { email, mailId } = await pendingMail();
    sink.refusals.set("RCPT", `550 no such user ${email}`);

    await send(mailId);

    expect(await mails().countDocuments()).toBe(0);
    const line = world.logs.lines.find(({ msg }) => msg === "A mail was given up");
    expect(line).toMatchObject({ level: 50, mail: mailId, kind: "link.email", attempts: 1 });
    expect(world.logs.text()).not.toContain(email);
    await eventually(countOf, ([, , givenUp]) => givenUp === 1);
  });

  test("is given up after its 10th try", async () => {
    const { mailId } = await pendingMail();
    sink.refusals.set("MAIL", "451 not now");

    for (let n = 0; n < 10; n += 1) {
      expect(await mails().countDocuments()).toBe(1);
      await later();
      await send(mailId);
    }

    expect(await mails().countDocuments()).toBe(0);
  });

  test("that waits for a server which is away is sent when it is back", async () => {
    const { email, mailId } = await pendingMail();
    const { port } = sink;
    await sink.close();
    await send(mailId);
    expect(await mails().countDocuments()).toBe(1);

    sink = await SmtpSink.start({ port });
    await later();
    await world.settle();

    await sink.mailTo(email);
  });

  test("is sent once by 5 workers at once", async () => {
    const { mailId } = await pendingMail();

    await Promise.all(Array.from({ length: 5 }, () => send(mailId)));

    expect(sink.mails).toHaveLength(1);
  });

  test("is dropped when nobody wants it any more", async () => {
    const { client, mailId } = await pendingMail();
    await setEmail(client, null);

    await send(mailId);

    expect([await mails().countDocuments(), sink.mails.length]).toEqual([0, 0]);
  });
});
