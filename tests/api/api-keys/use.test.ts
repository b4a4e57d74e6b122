import { describe, expect, test } from "@jest/globals";
import type { CredentialDoc } from "../../../common/credentials/credential.js";
import { apiKeyText } from "../../../common/credentials/api-key-text.js";
import { newSecret } from "../../../common/credentials/secret.js";
import { newId } from "../../../common/platform/ids.js";
import type { Client, KeyHolder } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const credentials = () => world().mongo.db.collection<CredentialDoc>("credentials");
const ask = (authorization: string) =>
  world().visitor().get("/api/v1/me", { Authorization: authorization });
const basic = (username: string, password: string) =>
  `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;

async function someKey(terms: object = {}): Promise<KeyHolder & { readonly owner: Client }> {
  const owner = await world().member();
  return { owner, ...(await owner.makeKey(["account:read", "files:write"], terms)) };
}

const expire = (id: string) =>
  credentials().updateOne({ _id: id }, { $set: { details: { expiresAt: new Date(0) } } });

describe("An API key", () => {
  test("acts for its owner, as a bearer and as the password of Basic credentials", async () => {
    const { owner, key } = await someKey();
    const { username, id } = (await owner.get("/api/v1/me")).json;

    const answers = [
      await ask(`Bearer ${key}`),
      await ask(`bearer ${key}`),
      await ask(basic(username, key)),
      await ask(basic(username.toUpperCase(), key)),
      await ask(basic("", key)),
    ];

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(answers.map(({ json }) => json.id)).toEqual([id, id, id, id, id]);
  });

  test.each<[string, (key: string) => string, RegExp]>([
    ["one character short", (key) => key.slice(0, -1), /malformed/],
    ["one character long", (key) => `${key}a`, /malformed/],
    [
      "mistyped",
      (key) => key.replace(/.(.{6})$/, "=$1").replace("=", key[68] === "A" ? "E" : "A"),
      /checksum/,
    ],
    ["with another checksum", (key) => key.replace(/.{6}$/, "000000"), /checksum/],
    ["of its prefix alone", () => "stw_", /malformed/],
    ["that never was", () => apiKeyText({ id: newId(), secret: newSecret() }), /unknown/],
    [
      "with another secret",
      (key) => apiKeyText({ id: key.slice(4, 26), secret: newSecret() }),
      /unknown/,
    ],
  ])("%s is 401 invalid-token, and the answer says why", async (_title, change, detail) => {
    const { key } = await someKey();

    const { status, json, headers } = await ask(`Bearer ${change(key)}`);

    expect(`${status} ${json.code}`).toBe("401 invalid-token");
    expect(json.detail).toMatch(detail);
    expect(headers["www-authenticate"]).toMatch(
      /^Bearer realm="stowage", error="invalid_token", error_description="The API key /,
    );
    expect((await ask(basic("", change(key)))).json.code).toBe("invalid-token");
  });

  test("that was revoked is told from one that has expired, by who has all of it", async () => {
    const [revoked, expired] = [await someKey(), await someKey()];
    await revoked.owner.delete(`/api/v1/api-keys/${revoked.id}`);
    await expire(expired.id);

    expect((await ask(`Bearer ${revoked.key}`)).json.detail).toMatch(/revoked/);
    expect((await ask(`Bearer ${expired.key}`)).json.detail).toMatch(/expired/);
    const guessed = apiKeyText({ id: expired.id, secret: newSecret() });
    expect((await ask(`Bearer ${guessed}`)).json.detail).toMatch(/unknown/);
  });

  test("that has expired is still listed, and valid again with a later expiry", async () => {
    const { owner, id, client } = await someKey();
    await expire(id);
    expect((await client.get("/api/v1/me")).status).toBe(401);
    expect((await owner.get("/api/v1/api-keys")).json.items).toHaveLength(1);

    await owner.patch(`/api/v1/api-keys/${id}`, { expiresAt: null });

    expect((await client.get("/api/v1/me")).status).toBe(200);
  });

  test("does what its scopes say, and no more than its owner's role", async () => {
    const { owner, client } = await someKey();
    expect((await client.put("/api/v1/files?name=a", "a")).status).toBe(201);
    const refused = await client.get("/api/v1/files");
    expect(refused.json).toMatchObject({ code: "insufficient-scope", scope: "files:read" });
    expect(refused.headers["www-authenticate"]).toContain('error="insufficient_scope"');

    await world().setRole(owner, "viewer");

    expect((await client.put("/api/v1/files?name=a", "a")).json.code).toBe("insufficient-scope");
    expect((await client.get("/api/v1/me")).status).toBe(200);
  });

  test("of an account that is disabled is 401 from the next request on", async () => {
    const { owner, client } = await someKey();
    await world().disable(owner);

    const { status, json } = await client.get("/api/v1/me");

    expect(`${status} ${json.code}`).toBe("401 invalid-token");
    expect((await owner.get("/api/v1/me")).status).toBe(401);
  });

  test("stays when its owner signs out everywhere", async () => {
    const { owner, client } = await someKey();
    await world().services.accounts.endSessions((await owner.get("/api/v1/me")).json.id);

    expect((await owner.get("/api/v1/me")).status).toBe(401);
    expect((await client.get("/api/v1/me")).status).toBe(200);
  });

  test("makes, changes, lists and revokes no keys, whatever its scopes", async () => {
    const owner = await world().member();
    const { id, client } = await owner.makeKey(["account:read", "account:write"]);
    const path = `/api/v1/api-keys/${id}`;

    const answers = [
      await client.get("/api/v1/api-keys"),
      await client.post("/api/v1/api-keys", { name: "a", scopes: ["account:read"] }),
      await client.patch(path, { name: "a" }),
      await client.delete(path),
      await client.head("/api/v1/api-keys"),
    ];

    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
    expect(answers[1]?.json).toMatchObject({
      code: "credential-not-accepted",
      accepted: ["session", "token"],
    });
  });

  test("is not tried when it stands in the query, the cookie or the body", async () => {
    const { key } = await someKey();

    const visitor = world().visitor();
    expect((await visitor.get(`/api/v1/me?access_token=${key}`)).status).toBe(401);
    expect((await visitor.get("/api/v1/me", { Cookie: `stowage_session=${key}` })).status).toBe(
      401,
    );
  });

  test("counts before a cookie, which does not help an invalid one", async () => {
    const [{ key }, other] = [await someKey(), await world().member()];
    const { id } = (await ask(`Bearer ${key}`)).json;
    const headers = (authorization: string) => ({ Authorization: authorization });

    expect((await other.get("/api/v1/me", headers(`Bearer ${key}`))).json.id).toBe(id);
    expect((await other.get("/api/v1/me", headers(basic("", key)))).json.id).toBe(id);
    expect((await other.get("/api/v1/me", headers("Bearer stw_x"))).status).toBe(401);
    expect((await other.get("/api/v1/me", headers("Bearer"))).status).toBe(401);
    expect((await other.get("/api/v1/me", headers(basic("", "stw_x")))).status).toBe(401);
  });
});
