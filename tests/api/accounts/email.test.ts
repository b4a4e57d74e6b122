import { afterAll, describe, expect, test } from "@jest/globals";
import type { AccountDoc } from "../../../common/accounts/account.js";
import type { AuditDoc } from "../../../common/audit/repository.js";
import {
  allowNextLink,
  confirm,
  linkTo,
  mailedTo,
  newPerson,
  NO_EMAIL,
  setEmail,
  shownEmail,
  SITE,
  verifiedPerson,
} from "../../support/mail-world.js";
import { SmtpSink, unfolded } from "../../support/smtp-sink.js";
import { useWorld } from "../../support/use-world.js";

const sink = await SmtpSink.start();
const world = useWorld(mailedTo(sink));
afterAll(() => sink.close());

const ME = "/api/v1/me";
const accounts = () => world().mongo.db.collection<AccountDoc>("accounts");

describe("PATCH /me with an e-mail address", () => {
  test("keeps it pending until the page of the link in the mail is confirmed", async () => {
    const { client, email, username } = await newPerson(world());
    expect(await shownEmail(client)).toEqual(NO_EMAIL);

    const { status, json } = await setEmail(client, email);

    expect([status, json]).toMatchObject([200, { ...NO_EMAIL, pendingEmail: email }]);
    const path = await linkTo(world(), sink, email);
    const mail = await sink.mailTo(email);
    const source = unfolded(mail);
    expect(mail.from).toBe("stowage@files.example");
    expect(source).toContain("Subject: Confirm your e-mail address");
    expect(source).toContain(username);
    expect(source).toContain(SITE);

    const page = await fetch(world().url + path, { headers: { Accept: "text/html" } });
    expect([page.status, (await page.text()).includes(email)]).toEqual([200, true]);
    expect(await shownEmail(client)).toEqual({ ...NO_EMAIL, pendingEmail: email });

    expect((await confirm(world(), path)).status).toBe(200);
    expect(await shownEmail(client)).toEqual({ email, isEmailVerified: true, pendingEmail: null });
    expect((await confirm(world(), path)).status).toBe(404);
    expect((await fetch(world().url + path)).status).toBe(404);
  });

  test("does not store the token, nor what it could be made of", async () => {
    const { client, email, id } = await newPerson(world());
    await setEmail(client, email);
    const [mail] = await world().mongo.db.collection("mails").find({ to: email }).toArray();

    const secret = (await linkTo(world(), sink, email)).slice(-43);

    const doc = await accounts().findOne({ _id: id });
    expect(JSON.stringify([doc, mail])).not.toContain(secret);
    expect(await world().mongo.db.collection("mails").countDocuments({ accountId: id })).toBe(0);
  });

  test("lets programs send the token", async () => {
    const { client, email } = await newPerson(world());
    await setEmail(client, email);
    const token = (await linkTo(world(), sink, email)).split("/").at(-1);

    const visitor = world().visitor();
    const confirmed = await visitor.post("/api/v1/email-verification", { token });

    expect(confirmed.status).toBe(204);
    expect(await shownEmail(client)).toMatchObject({ email, isEmailVerified: true });
    const again = await visitor.post("/api/v1/email-verification", { token });
    expect([again.status, again.json.code]).toEqual([404, "not-found"]);
  });

  test("tells the old address that another one was asked for, and that it counts no more", async () => {
    const { client, email, id } = await verifiedPerson(world(), sink);
    await allowNextLink(world(), id);
    const next = `next.${email}`;

    await setEmail(client, next);
    const path = await linkTo(world(), sink, next);
    await sink.mailTo(email, "Your e-mail address is being changed");
    expect(await shownEmail(client)).toEqual({ email, isEmailVerified: true, pendingEmail: next });

    await confirm(world(), path);
    await world().settle();
    await sink.mailTo(email, "Your e-mail address was changed");
    expect(await shownEmail(client)).toMatchObject({ email: next, isEmailVerified: true });
  });

  test("answers 429 to a second mail within a minute, and keeps the first link", async () => {
    const { client, email } = await newPerson(world());
    await setEmail(client, email);

    const second = await setEmail(client, `second.${email}`);

    expect([second.status, second.json.code]).toEqual([429, "too-many-requests"]);
    expect(second.headers["retry-after"]).toBe("60");
    expect((await confirm(world(), await linkTo(world(), sink, email))).status).toBe(200);
  });

  test("takes the pending address back by the one that is verified already", async () => {
    const { client, email, id } = await verifiedPerson(world(), sink);
    await allowNextLink(world(), id);
    await setEmail(client, `other.${email}`);

    const { json } = await setEmail(client, email);

    expect(json).toMatchObject({ email, isEmailVerified: true, pendingEmail: null });
  });

  test("is refused with a wrong password, and sends nothing", async () => {
    const { client, email } = await newPerson(world());

    const refused = await setEmail(client, email, "not this one");

    expect([refused.status, refused.json.code]).toEqual([403, "reauthentication-failed"]);
    expect(await shownEmail(client)).toEqual(NO_EMAIL);
    expect(await world().mongo.db.collection("mails").countDocuments({ to: email })).toBe(0);
  });

  test.each([
    ["without an @", { email: "somebody" }, "/email"],
    ["with a line end", { email: "a@b.example\r\nBcc: c@d.example" }, "/email"],
    ["with two addresses", { email: "a@b.example,c@d.example" }, "/email"],
    ["that is a number", { email: 1 }, "/email"],
    ["beside a username", { email: "a@b.example", username: "abc" }, ""],
    ["that says that it is verified", { email: null, isEmailVerified: true }, "/isEmailVerified"],
  ])("answers 400 to an address %s", async (_title, body, pointer) => {
    const { client } = await newPerson(world());

    const refused = await client.send("PATCH", ME, { password: "seven-purple-owls", ...body });

    expect(refused.status).toBe(400);
    expect(refused.json.errors).toEqual([expect.objectContaining({ in: "body", pointer })]);
  });

  test("is written into the audit log, as is its confirmation", async () => {
    const { id, email } = await verifiedPerson(world(), sink);

    const events = await world()
      .mongo.db.collection<AuditDoc>("auditEvents")
      .find({ accountId: id, action: { $in: ["email.change", "email.verify"] } })
      .sort({ at: 1 })
      .toArray();

    const target = { kind: "account", id };
    expect(events).toMatchObject([
      { action: "email.change", outcome: "success", target, changes: { email: [null, email] } },
      { action: "email.verify", outcome: "success", target, changes: { email: [null, email] } },
    ]);
  });
});

describe("Without a mail server", () => {
  test("an address is shown at once, and is not verified", async () => {
    const url = await world().addWeb({ smtpServer: undefined });
    const client = await world().member(url);

    const { json } = await setEmail(client, "Somebody@BÜCHER.example");

    const email = "Somebody@xn--bcher-kva.example";
    expect(json).toMatchObject({ email, isEmailVerified: false, pendingEmail: null });
    const other = await world().member(url);
    expect((await setEmail(other, email)).json).toMatchObject({ email, isEmailVerified: false });
    expect((await setEmail(client, null)).json).toMatchObject(NO_EMAIL);
    expect(await world().mongo.db.collection("mails").countDocuments({ to: email })).toBe(0);
  });
});
