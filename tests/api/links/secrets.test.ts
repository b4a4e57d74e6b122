import { randomBytes } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { LINKS, makeLink } from "../../support/links.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

/** All that MongoDB holds, as one text. */
async function everything(): Promise<string> {
  const { db } = world().mongo;
  const collections = await db.collections();
  const documents = await Promise.all(collections.map((one) => one.find().toArray()));
  return JSON.stringify(documents);
}

describe("the token of a link", () => {
  test("is nowhere in the database, and neither is the password", async () => {
    const client = await world().member();
    const { id, url } = await makeLink(client, "root", { password: "three-green-newts" });
    await client.patch(`${LINKS}/${id}`, { label: "changed" });
    await client.get(LINKS);
    const proof = url.slice(-22);

    const text = await everything();

    expect(url.slice(0, -22).endsWith(id)).toBe(true);
    expect(text).toContain(id);
    for (const secret of [proof, "three-green-newts"]) expect(text).not.toContain(secret);
    const bytes = Buffer.from(proof, "base64url");
    expect(text).not.toContain(bytes.toString("base64"));
    expect(text).not.toContain(bytes.toString("hex"));
  });

  test("is in no line of the log", async () => {
    const client = await world().member();
    const { url } = await makeLink(client, "root");
    await client.get(LINKS);

    expect(JSON.stringify(world().logs.lines)).not.toContain(url.slice(-22));
  });

  test("is the same after a restart with the same secrets, and with a new one before them", async () => {
    const { sessionSecrets } = world().config;
    const client = await world().member();
    const { id, url } = await makeLink(client, "root");
    const { client: key } = await client.makeKey(["links:write"]);
    const urlAt = async (site: string) => {
      const { status, json } = await key.get(`${LINKS}/${id}`);
      expect(status).toBe(200);
      const answer = await fetch(`${site}${LINKS}/${id}`, { headers: { Cookie: client.cookie } });
      return [json.url, ((await answer.json()) as { url: string }).url];
    };

    const restarted = await world().addWeb();
    const own = [randomBytes(32).toString("hex"), ...sessionSecrets];
    const renewed = await world().addWeb({ linkSecrets: own });

    expect(await urlAt(restarted)).toEqual([url, url]);
    const [, changed] = await urlAt(renewed);
    expect(changed).not.toBe(url);
    expect(changed?.slice(0, -22)).toBe(url.slice(0, -22));
  });
});
