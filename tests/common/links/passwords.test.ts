import { describe, expect, test } from "@jest/globals";
import { Passwords } from "../../../common/accounts/passwords.js";
import type { LinkDoc, ShareLinkDoc } from "../../../common/links/link.js";
import { makeLink } from "../../support/links.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld({
  freeSignInFailures: 3,
  freeSignInFailuresPerAccount: 5,
  freeSignInFailuresPerAddress: null,
});

const PASSWORD = "three-green-newts";

const links = () => world().mongo.db.collection<LinkDoc>("links");

async function newLink(terms: object = { password: PASSWORD }): Promise<ShareLinkDoc> {
  const { id } = await makeLink(await world().member(), "root", terms);
  const link = await links().findOne({ _id: id });
  if (link?.kind !== "share") throw new Error("There is no such link");
  return link;
}

const verify = (link: ShareLinkDoc, password: string, address = "192.0.2.1") =>
  world().services.linkPasswords.verify(link, password, { address });

const WRONG = { message: "The password is wrong" };
const LATER = { code: "too-many-attempts", facts: { retryAfterSeconds: expect.any(Number) } };

describe("LinkPasswords.verify", () => {
  test("tells the right password from others", async () => {
    const link = await newLink();

    await expect(verify(link, PASSWORD)).resolves.toMatch(/^.argon2id/);
    await expect(verify(link, `${PASSWORD} `)).rejects.toMatchObject(WRONG);
    await expect(verify(link, "")).rejects.toMatchObject(WRONG);
  });

  test("asks for nothing where a link has no password", async () => {
    await expect(verify(await newLink({}), "anything")).resolves.toBeNull();
  });

  test("slows guesses of one link at one address, and nobody else", async () => {
    const [link, other] = [await newLink(), await newLink()];
    for (let n = 0; n < 3; n += 1) await expect(verify(link, "wrong")).rejects.toMatchObject(WRONG);

    await expect(verify(link, PASSWORD)).rejects.toMatchObject(LATER);
    await expect(verify(link, PASSWORD, "198.51.100.1")).resolves.toMatch(/^.argon2id/);
    await expect(verify(other, PASSWORD)).resolves.toMatch(/^.argon2id/);
  });

  test("slows guesses of one link over many addresses", async () => {
    const link = await newLink();
    for (let n = 0; n < 5; n += 1) {
      await expect(verify(link, "wrong", `10.${n}.0.1`)).rejects.toMatchObject(WRONG);
    }

    await expect(verify(link, PASSWORD, "203.0.113.9")).rejects.toMatchObject(LATER);
  });

  test("hashes a password again whose hash has other parameters", async () => {
    const link = await newLink();
    const passwordHash = await weakHash();
    await links().updateOne({ _id: link._id }, { $set: { passwordHash } });

    await expect(verify({ ...link, passwordHash }, PASSWORD)).resolves.toMatch(/^.argon2id/);

    const { passwordHash: now } = (await links().findOne({ _id: link._id })) as ShareLinkDoc;
    expect(now).toContain("m=64");
    await expect(verify({ ...link, passwordHash: now }, PASSWORD)).resolves.toMatch(/^.argon2id/);
  });

  test("leaves a password that was changed meanwhile", async () => {
    const link = await newLink();

    await expect(verify({ ...link, passwordHash: await weakHash() }, PASSWORD)).resolves.toMatch(
      /^.argon2id/,
    );

    const { passwordHash } = link;
    expect(await links().findOne({ _id: link._id })).toMatchObject({ passwordHash });
  });
});

/** Of the password, with less memory than the world's settings say. */
const weakHash = () =>
  new Passwords({ memoryKib: 32, iterations: 2, maxConcurrent: 1, waitMs: 0 }).hash(PASSWORD);
