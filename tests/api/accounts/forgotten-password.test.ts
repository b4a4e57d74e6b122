import { afterAll, describe, expect, test } from "@jest/globals";
import type { AccountDoc } from "../../../common/accounts/account.js";
import { linkTo, mailedTo, newPerson, setEmail, verifiedPerson } from "../../support/mail-world.js";
import { linkIn, SmtpSink } from "../../support/smtp-sink.js";
import { useWorld } from "../../support/use-world.js";

const sink = await SmtpSink.start();
const world = useWorld(mailedTo(sink));
afterAll(() => sink.close());

const REQUEST = "/api/v1/password-resets";
const NEW = "seven-purple-owls4";

const forget = (email: string) => world().visitor().post(REQUEST, { email });

const accounts = () => world().mongo.db.collection<AccountDoc>("accounts");

const signIn = async (username: string, password: string) =>
  (await world().visitor().post("/api/v1/login", { username, password })).status;

const reset = async (token: string) =>
  (await world().visitor().post("/api/v1/password-reset", { token, newPassword: NEW })).status;

const tokenTo = async (email: string) =>
  (await linkTo(world(), sink, email)).split("/").at(-1) ?? "";

const resetsTo = async (email: string) => {
  await world().settle();
  return sink.mails.filter(
    ({ to, source }) => to.includes(email) && source.includes("Subject: Set a new password"),
  ).length;
};

describe("POST /password-resets", () => {
  test("sends a link to the page that sets the password once", async () => {
    const { client, email, username } = await verifiedPerson(world(), sink);

    expect((await forget(email)).status).toBe(202);
    await world().settle();
    const { pathname } = linkIn(await sink.mailTo(email, "Set a new password"));
    expect(pathname).toMatch(/^\/password-reset\//);
    const sent = await fetch(world().url + pathname, {
      method: "POST",
      body: new URLSearchParams({ newPassword: NEW }),
    });

    expect(sent.status).toBe(200);
    expect((await client.get("/api/v1/me")).status).toBe(401);
    expect(await signIn(username, "seven-purple-owls")).toBe(401);
    expect(await signIn(username, NEW)).toBe(200);
    expect((await fetch(world().url + pathname)).status).toBe(404);
    await world().settle();
    await sink.mailTo(email, "Your password was reset");
  });

  test("answers the same to an address that nobody has, and sends nothing to it", async () => {
    const { email } = await verifiedPerson(world(), sink);
    const nobody = `nobody.${email}`;

    const [known, unknown] = [await forget(email), await forget(nobody)];

    expect(unknown.status).toBe(202);
    expect(unknown.bytes).toEqual(known.bytes);
    expect([await resetsTo(email), await resetsTo(nobody)]).toEqual([1, 0]);
  });

  test("looks nothing up before it answers", async () => {
    const { email, id } = await verifiedPerson(world(), sink);

    await forget(email);

    const mails = world().mongo.db.collection("mails");
    expect(await mails.findOne({ to: email })).toMatchObject({ accountId: null, username: null });
    expect((await accounts().findOne({ _id: id }))?.mailedReset).toBeUndefined();
  });

  test("takes any capitals, and sends the mail to the address that was confirmed", async () => {
    const { email } = await verifiedPerson(world(), sink);

    await forget(email.toUpperCase());

    expect(await resetsTo(email)).toBe(1);
    expect(sink.mails.at(-1)?.to).toEqual([email]);
  });

  test("sends nothing to addresses that are not verified, nor for accounts that may not sign in so", async () => {
    const pending = await newPerson(world());
    await setEmail(pending.client, pending.email);
    const [disabled, withoutPassword] = [
      await verifiedPerson(world(), sink),
      await verifiedPerson(world(), sink),
    ];
    await world().disable(disabled.client);
    await accounts().updateOne({ _id: withoutPassword.id }, { $set: { passwordHash: null } });

    for (const { email } of [pending, disabled, withoutPassword]) {
      expect((await forget(email)).status).toBe(202);
      expect(await resetsTo(email)).toBe(0);
    }
  });

  test("sends one mail to an account in five minutes, however many ask", async () => {
    const { email, id } = await verifiedPerson(world(), sink);

    await Promise.all(Array.from({ length: 6 }, () => forget(email)));
    expect(await resetsTo(email)).toBe(1);
    await accounts().updateOne({ _id: id }, { $set: { mailedResetAt: new Date(0) } });
    await forget(email);

    expect(await resetsTo(email)).toBe(2);
  });

  test("makes a link that another password, another address or a deletion revokes", async () => {
    const revoke = {
      password: ({ client }: Person) =>
        client.send("PUT", "/api/v1/me/password", {
          currentPassword: "seven-purple-owls",
          newPassword: "seven-purple-owls45",
        }),
      address: ({ client }: Person) => setEmail(client, null),
      deletion: ({ client }: Person) =>
        client.send("DELETE", "/api/v1/me", { password: "seven-purple-owls" }),
    };
    for (const how of Object.values(revoke)) {
      const person = await verifiedPerson(world(), sink);
      await forget(person.email);
      await resetsTo(person.email);
      const { pathname } = linkIn(await sink.mailTo(person.email, "Set a new password"));

      expect((await how(person)).status).toBeLessThan(300);

      expect(await reset(pathname.split("/").at(-1) ?? "")).toBe(404);
    }
  });

  test("leaves a link of an admin valid", async () => {
    const admin = await world().person("admin");
    const { email, id } = await verifiedPerson(world(), sink);
    const path = `/api/v1/admin/accounts/${id}/password-reset`;
    const { token } = (await admin.send("POST", path)).json;

    await forget(email);
    const mailed = await tokenTo(email);

    expect(await reset(token)).toBe(204);
    expect(await reset(mailed)).toBe(404);
  });

  test.each([
    ["no address", { email: "nobody" }, "/email"],
    ["none", {}, "/email"],
    ["null", { email: null }, "/email"],
    ["a list", { email: ["a@b.example"] }, "/email"],
  ])("answers 400 to %s", async (_title, body, pointer) => {
    const { status, json } = await world().visitor().post(REQUEST, body);

    expect(status).toBe(400);
    expect(json.errors).toEqual([expect.objectContaining({ in: "body", pointer })]);
  });

  test("answers 501 where no mails are sent", async () => {
    const url = await world().addWeb({ smtpServer: undefined });

    const { status, json } = await world().visitor(url).post(REQUEST, { email: "a@b.example" });

    expect([status, json.code]).toEqual([501, "mail-off"]);
  });

  test("is limited as sign-ins are", async () => {
    const url = await world().addWeb({ rateLimitSignInsPerAddress: 2 });
    const visitor = world().visitor(url);
    const ask = async () => (await visitor.post(REQUEST, { email: "a@b.example" })).status;

    expect([await ask(), await ask(), await ask()]).toEqual([202, 202, 429]);
  });
});

type Person = Awaited<ReturnType<typeof verifiedPerson>>;
