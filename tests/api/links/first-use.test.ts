import { afterAll, describe, expect, test } from "@jest/globals";
import type { LinkDoc } from "../../../common/links/link.js";
import { LINKS, makeLink } from "../../support/links.js";
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

const links = () => world().mongo.db.collection<LinkDoc>("links");

async function linkOf({ client }: MailedPerson, terms: object = {}): Promise<LinkDoc> {
  const { id } = await makeLink(client, "root", { notifiesFirstUse: true, ...terms });
  return read(id);
}

async function read(id: string): Promise<LinkDoc> {
  const link = await links().findOne({ _id: id });
  if (link === null) throw new Error("There is no link");
  return link;
}

const mailsTo = ({ email }: MailedPerson) =>
  sink.mails.filter(({ to, source }) => to.includes(email) && source.includes("Your link"));

describe("the first use of a link", () => {
  test("is told to its owner once, without a token, however many there are at once", async () => {
    const person = await verifiedPerson(world(), sink);
    const link = await linkOf(person, { label: "Plans for the architect" });
    const { linkActivity, linkTokens } = world().services;

    await Promise.all(Array.from({ length: 20 }, () => linkActivity.began(link)));
    await linkActivity.began(await read(link._id));
    await world().settle();

    const [mail, ...others] = mailsTo(person);
    expect(others).toEqual([]);
    if (mail === undefined) throw new Error("There is no mail");
    const source = unfolded(mail);
    expect(source).toContain("Subject: Your link was used");
    expect(source).toContain("Link: Plans for the architect");
    expect(source).toContain(person.username);
    expect(source).not.toContain(linkTokens.make(link._id).slice(22));
  });

  test("is told to the manager who has made the link, and not to the owner", async () => {
    const owner = await verifiedPerson(world(), sink);
    const manager = await verifiedPerson(world(), sink);
    const { id: entryId } = await owner.client.makeFolder("shared");
    const share = { entryId, username: manager.username, role: "manager" };
    await owner.client.post("/api/v1/shares", share);
    const { id } = await makeLink(manager.client, entryId, { notifiesFirstUse: true });

    await world().services.linkActivity.began(await read(id));
    await world().settle();

    expect(mailsTo(manager)).toHaveLength(1);
    expect(mailsTo(owner)).toEqual([]);
  });

  test("is told to nobody who does not ask, or has no verified address", async () => {
    const [quiet, unknown] = [await verifiedPerson(world(), sink), await newPerson(world())];
    const { linkActivity } = world().services;

    await linkActivity.began(await linkOf(quiet, { notifiesFirstUse: false }));
    await linkActivity.began(await linkOf(unknown));
    await world().settle();

    expect([...mailsTo(quiet), ...mailsTo(unknown)]).toEqual([]);
  });

  test("is not told when it was before the owner asked", async () => {
    const person = await verifiedPerson(world(), sink);
    const link = await linkOf(person, { notifiesFirstUse: false });
    const { linkActivity } = world().services;
    await linkActivity.began(link);

    await person.client.patch(`${LINKS}/${link._id}`, { notifiesFirstUse: true });
    await linkActivity.began(await read(link._id));
    await world().settle();

    expect(mailsTo(person)).toEqual([]);
  });
});

describe("lastUsedAt", () => {
  test("is written at the first use, and then once a minute", async () => {
    const { client } = await newPerson(world());
    const { id } = await makeLink(client, "root");
    const { linkActivity } = world().services;
    const begin = async () => {
      await linkActivity.began(await read(id));
      return (await read(id)).lastUsedAt?.getTime() ?? 0;
    };
    const setLast = (ageMs: number) =>
      links().updateOne({ _id: id }, { $set: { lastUsedAt: new Date(Date.now() - ageMs) } });

    const first = await begin();
    expect(Date.now() - first).toBeLessThan(60_000);
    await setLast(30_000);
    const recent = (await read(id)).lastUsedAt?.getTime();
    expect(await begin()).toBe(recent);
    await setLast(61_000);
    expect(Date.now() - (await begin())).toBeLessThan(60_000);
    expect((await client.get(`${LINKS}/${id}`)).json.lastUsedAt).not.toBeNull();
    expect((await read(id)).revision).toBe(0);
  });
});
