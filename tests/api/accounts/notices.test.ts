import { afterAll, describe, expect, test } from "@jest/globals";
import { somebody } from "../../support/client.js";
import {
  mailedTo,
  type MailedPerson,
  newPerson,
  verifiedPerson,
} from "../../support/mail-world.js";
import { SmtpSink, unfolded } from "../../support/smtp-sink.js";
import { useWorld } from "../../support/use-world.js";

const sink = await SmtpSink.start();
const world = useWorld(mailedTo(sink));
afterAll(() => sink.close());

const ME = "/api/v1/me";
const PASSWORD = "seven-purple-owls";

const ACTS: readonly [string, string, (person: MailedPerson) => Promise<unknown>][] = [
  [
    "another password",
    "Your password was changed",
    ({ client }) =>
      client.send("PUT", `${ME}/password`, {
        currentPassword: PASSWORD,
        newPassword: "seven-purple-owls4",
      }),
  ],
  [
    "another username",
    "Your username was changed",
    ({ client }) => client.send("PATCH", ME, { username: somebody().username, password: PASSWORD }),
  ],
  ["a new API key", "New API key", ({ client }) => client.makeKey(["files:read"])],
  [
    "a deletion",
    "Your account will be deleted",
    ({ client }) => client.send("DELETE", ME, { password: PASSWORD }),
  ],
  [
    "a deletion by an admin",
    "Your account will be deleted",
    async ({ id }) => (await world().person("admin")).delete(`/api/v1/admin/accounts/${id}`),
  ],
];

describe("The verified address", () => {
  test.each(ACTS)("is told of %s, without a secret", async (_title, subject, act) => {
    const person = await verifiedPerson(world(), sink);

    await act(person);
    await world().settle();

    const source = unfolded(await sink.mailTo(person.email, subject));
    expect(source).toContain("Auto-Submitted: auto-generated");
    expect(source).toContain("http://files.example");
    expect(source).not.toMatch(/seven-purple-owls|stwr?_/);
  });

  test("is told nothing of what was refused", async () => {
    const { client, email } = await verifiedPerson(world(), sink);
    const before = sink.mails.length;

    await client.send("PUT", `${ME}/password`, {
      currentPassword: "not this one",
      newPassword: "seven-purple-owls4",
    });
    await client.send("DELETE", ME, { password: "not this one" });
    await world().settle();

    expect(sink.mails.slice(before).filter(({ to }) => to.includes(email))).toEqual([]);
  });

  test("has to be verified: another one is told nothing", async () => {
    const { client, email } = await newPerson(world());
    const doc = { email };
    await world()
      .mongo.db.collection("accounts")
      .updateOne({ username: (await client.get(ME)).json.username }, { $set: doc });

    await client.makeKey(["files:read"]);
    await world().settle();

    expect(sink.mails.filter(({ to }) => to.includes(email))).toEqual([]);
  });
});

describe("A deleted account", () => {
  test("leaves no mail, and frees its address", async () => {
    const { client, id, email } = await verifiedPerson(world(), sink);
    const { db } = world().mongo;
    const accounts = db.collection<{ _id: string }>("accounts");
    await client.send("DELETE", ME, { password: PASSWORD });
    await world().settle();
    await db.collection("mails").insertOne({ accountId: id, to: email, dueAt: new Date(2 ** 42) });

    await accounts.updateOne({ _id: id }, { $set: { "deletion.purgeAt": new Date(0) } });
    await world().settle();

    expect(await accounts.findOne({ _id: id })).toBeNull();
    expect(await db.collection("mails").countDocuments({ to: email })).toBe(0);
    expect(await accounts.countDocuments({ emailKey: email })).toBe(0);
  });
});
