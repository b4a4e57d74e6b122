import { describe, expect, test } from "@jest/globals";
import type { CredentialDoc } from "../../../common/credentials/credential.js";
import type { Client, KeyHolder } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld({ trustProxyHops: 1 });

const credentials = () => world().mongo.db.collection<CredentialDoc>("credentials");
const ask = (authorization: string, headers: Record<string, string> = {}) =>
  world()
    .visitor()
    .get("/api/v1/me", { Authorization: authorization, ...headers });
const basic = (username: string, password: string) =>
  `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;

async function someKey(terms: object = {}): Promise<KeyHolder & { readonly owner: Client }> {
  const owner = await world().member();
  return { owner, ...(await owner.makeKey(["account:read", "files:write"], terms)) };
}

describe("Basic credentials", () => {
  test("with another account's name are 401", async () => {
    const { key } = await someKey();
    const other = await world().member();
    const { username } = (await other.get("/api/v1/me")).json;

    expect((await ask(basic(username, key))).json.detail).toMatch(/another account/);
  });

  test("that are no API key are a proxy's: the cookie counts, and no answer asks for any", async () => {
    const owner = await world().member();
    const { username } = (await owner.get("/api/v1/me")).json;
    const headers = { Authorization: basic(username, "seven-purple-owls") };

    expect((await owner.get("/api/v1/me", headers)).status).toBe(200);
    const refused = await world().visitor().get("/api/v1/me", headers);
    expect(refused.status).toBe(401);
    expect(refused.headers["www-authenticate"]).not.toMatch(/basic/i);
  });
});

describe("A page of another site", () => {
  const FOREIGN = { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" };

  test("is not asked for its origin with a bearer, and is with Basic credentials", async () => {
    const { key, client } = await someKey();

    expect((await client.put("/api/v1/files?name=a", "a", FOREIGN)).status).toBe(201);
    const authorization = { Authorization: basic("", key) };
    const refused = await world()
      .visitor()
      .put("/api/v1/files?name=a", "a", { ...FOREIGN, ...authorization });
    expect(refused.json.code).toBe("cross-site-request");
  });

  test("cannot sign anybody out by adding a bearer to the cookie", async () => {
    const owner = await world().member();

    await owner.post("/api/v1/logout", undefined, { ...FOREIGN, Authorization: "Bearer x" });

    expect((await owner.get("/api/v1/me")).status).toBe(200);
  });
});

describe("A key for some addresses", () => {
  test.each<[string, number]>([
    ["192.0.2.1", 200],
    ["192.0.2.255", 200],
    ["192.0.3.1", 401],
    ["::ffff:192.0.2.9", 200],
    ["2001:db8:7::1", 200],
    ["2001:db9::1", 401],
    ["unknown", 401],
  ])("is asked from %s: %i", async (address, expected) => {
    const { key } = await someKey({ addressRanges: ["192.0.2.0/24", "2001:db8::/32"] });

    const { status, json } = await ask(`Bearer ${key}`, {
      "X-Forwarded-For": `192.0.2.1, ${address}`,
    });

    expect(status).toBe(expected);
    if (status === 401) expect(json.detail).toMatch(/address/);
  });
});

describe("The last use", () => {
  const lastUse = async (owner: Client) => (await owner.get("/api/v1/api-keys")).json.items[0];

  test("is written with where it came from, also of a request that is refused", async () => {
    const { owner, client, id } = await someKey();
    expect(await lastUse(owner)).toMatchObject({ lastUsedAt: null });

    await client.get("/api/v1/files", {
      "X-Forwarded-For": "198.51.100.7",
      "User-Agent": "curl/8",
    });

    const use = await lastUse(owner);
    expect(use).toMatchObject({ lastUsedFrom: "198.51.100.0/24", lastUsedBy: "curl/8" });
    // Once a minute at most.
    await client.get("/api/v1/me", { "User-Agent": "other" });
    expect(await lastUse(owner)).toEqual(use);
    const longAgo = new Date(Date.now() - 120_000);
    await credentials().updateOne({ _id: id }, { $set: { lastUsedAt: longAgo } });
    await client.get("/api/v1/me", { "User-Agent": "other" });
    expect(await lastUse(owner)).toMatchObject({ lastUsedBy: "other" });
  });
});
