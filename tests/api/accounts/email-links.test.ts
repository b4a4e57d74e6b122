import { afterAll, describe, expect, test } from "@jest/globals";
import type { AccountDoc } from "../../../common/accounts/account.js";
import {
  allowNextLink,
  confirm,
  linkTo,
  mailedTo,
  newPerson,
  NO_EMAIL,
  setEmail,
  shownEmail,
  verifiedPerson,
} from "../../support/mail-world.js";
import { SmtpSink } from "../../support/smtp-sink.js";
import { useWorld } from "../../support/use-world.js";

const sink = await SmtpSink.start();
const world = useWorld(mailedTo(sink));
afterAll(() => sink.close());

const ME = "/api/v1/me";
const accounts = () => world().mongo.db.collection<AccountDoc>("accounts");

describe("The link of a mail to a new address", () => {
  test("makes older links invalid: when another is sent, by null, and by another password", async () => {
    const { client, email, id } = await newPerson(world());
    const ask = async () => {
      await allowNextLink(world(), id);
      await setEmail(client, email);
      return linkTo(world(), sink, email);
    };

    const replaced = await ask();
    const removed = await ask();
    expect((await confirm(world(), replaced)).status).toBe(404);
    expect((await setEmail(client, null)).json).toMatchObject(NO_EMAIL);
    expect((await confirm(world(), removed)).status).toBe(404);
    const beforePassword = await ask();
    const change = { currentPassword: "seven-purple-owls", newPassword: "seven-purple-owls4" };
    expect((await client.send("PUT", `${ME}/password`, change)).status).toBe(204);
    expect((await confirm(world(), beforePassword)).status).toBe(404);
    expect(await shownEmail(client)).toEqual(NO_EMAIL);
  });

  test("answers 404 to a link that has expired, is another account's, or of a disabled one", async () => {
    const [one, other] = [await newPerson(world()), await newPerson(world())];
    await setEmail(one.client, one.email);
    const path = await linkTo(world(), sink, one.email);

    const foreign = path.replace(one.id, other.id);
    expect((await confirm(world(), foreign)).status).toBe(404);
    const expire = (at: Date) =>
      accounts().updateOne({ _id: one.id }, { $set: { "pendingEmail.expiresAt": at } });
    await expire(new Date(0));
    expect((await confirm(world(), path)).status).toBe(404);
    await expire(new Date(Date.now() + 60_000));
    await accounts().updateOne({ _id: one.id }, { $set: { isDisabled: true } });
    expect((await confirm(world(), path)).status).toBe(404);
  });

  test("gives an address to one of two accounts, whatever its capitals; only its reader learns why", async () => {
    const owner = await verifiedPerson(world(), sink);
    const { client } = await newPerson(world());
    const same = owner.email.replace("@", "@").toUpperCase();

    const answer = await setEmail(client, same);
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ pendingEmail: same.replace(/@.*/, "@people.example") });
    const path = await linkTo(world(), sink, same.replace(/@.*/, "@people.example"));
    const page = await confirm(world(), path);

    expect(page.status).toBe(409);
    expect(await page.text()).toContain("Another account has");
    expect(await shownEmail(client)).toEqual(NO_EMAIL);
    expect(await shownEmail(owner.client)).toMatchObject({
      email: owner.email,
      isEmailVerified: true,
    });
  });

  test("lets one of many accounts confirm an address at once", async () => {
    const { email } = await newPerson(world());
    const people = await Promise.all(Array.from({ length: 5 }, () => newPerson(world())));
    const paths: string[] = [];
    for (const { client } of people) {
      await setEmail(client, email);
      paths.push(await linkTo(world(), sink, email));
    }

    const answers = await Promise.all(paths.map((path) => confirm(world(), path)));

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409]);
  });

  test("uses a link once when 6 confirm it at once", async () => {
    const { client, email } = await newPerson(world());
    await setEmail(client, email);
    const path = await linkTo(world(), sink, email);

    const answers = await Promise.all(Array.from({ length: 6 }, () => confirm(world(), path)));

    expect(answers.map(({ status }) => status).sort()).toEqual([
      200,
      ...Array<number>(5).fill(404),
    ]);
  });
});
