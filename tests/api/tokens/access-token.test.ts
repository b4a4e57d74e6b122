import { describe, expect, test } from "@jest/globals";
import { useWorld } from "../../support/use-world.js";
import { bearer, Person, refresh } from "./person.js";

const world = useWorld();

const statusWith = async (accessToken: string, path = "/api/v1/me") =>
  (await world().visitor().get(path, bearer(accessToken))).status;

describe("an access token", () => {
  test("may do what its scopes allow, and is told which one is missing", async () => {
    const person = await Person.register(world());
    const { accessToken, scope } = await person.tokens({ scopes: ["files:read"] });

    const listed = await statusWith(accessToken, "/api/v1/files");
    const folder = { name: "folder" };
    const refused = await world().visitor().post("/api/v1/folders", folder, bearer(accessToken));

    expect([scope, listed, refused.status]).toEqual(["files:read", 200, 403]);
    expect(refused.headers["www-authenticate"]).toContain('error="insufficient_scope"');
    expect(refused.headers["www-authenticate"]).toContain('scope="files:write"');
  });

  test("stores, lists and deletes files without a cookie", async () => {
    const person = await Person.register(world());
    const headers = bearer((await person.tokens()).accessToken);
    const client = world().visitor();

    const stored = await client.put("/api/v1/files?name=a", "hello", headers);
    const listed = await client.get("/api/v1/files", headers);
    const removed = await client.delete(`/api/v1/files/${stored.json.id}`, headers);

    expect([stored.status, removed.status]).toEqual([201, 204]);
    expect(listed.json.items).toMatchObject([{ name: "a" }]);
  });

  test("counts before a cookie, also where it is not valid", async () => {
    const [person, other] = [await Person.register(world()), await Person.register(world())];
    const { accessToken } = await other.tokens();

    const valid = await person.browser.get("/api/v1/me", bearer(accessToken));
    const invalid = await person.browser.get("/api/v1/me", bearer(`${accessToken}x`));

    expect(valid.json.username).toBe(other.credentials.username);
    expect(invalid.status).toBe(401);
  });

  test("is over, as its refresh token is, once all that its account signed in for was ended", async () => {
    const person = await Person.register(world());
    const { accessToken, refreshToken } = await person.tokens();
    const { id } = (await person.browser.get("/api/v1/me")).json;

    await world().services.accounts.endSessions(id);

    expect(await statusWith(accessToken)).toBe(401);
    expect((await refresh(world().visitor(), refreshToken)).status).toBe(401);
    expect(await statusWith((await person.tokens()).accessToken)).toBe(200);
  });

  test("is revoked with its account's password and when the account is disabled", async () => {
    const [person, other] = [await Person.register(world()), await Person.register(world())];
    const [own, others] = [await person.tokens(), await other.tokens()];
    const currentPassword = person.credentials.password;

    await person.browser.send("PUT", "/api/v1/me/password", {
      currentPassword,
      newPassword: "another password",
    });
    await world()
      .mongo.db.collection("accounts")
      .updateOne(
        { usernameKey: other.credentials.username.toLowerCase() },
        { $set: { isDisabled: true } },
      );

    expect([await statusWith(own.accessToken), await statusWith(others.accessToken)]).toEqual([
      401, 401,
    ]);
  });
});
