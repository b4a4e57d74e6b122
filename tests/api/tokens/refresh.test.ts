import { describe, expect, test } from "@jest/globals";
import { newSecret } from "../../../common/credentials/secret.js";
import { newId } from "../../../common/platform/ids.js";
import { useWorld } from "../../support/use-world.js";
import { ageTokens, bearer, Person, refresh } from "./person.js";

const HOUR_MS = 3_600_000;
const world = useWorld({ refreshTokenMaxAgeMs: HOUR_MS, refreshTokenLifetimeMs: 3 * HOUR_MS });

const exchange = (refreshToken: string, url = world().url) =>
  refresh(world().visitor(url), refreshToken);

const me = async (accessToken: string) =>
  (await world().visitor().get("/api/v1/me", bearer(accessToken))).status;

describe("POST /tokens/refresh", () => {
  test("answers 200 with new tokens, which go on", async () => {
    const person = await Person.register(world());
    const first = await person.tokens({ scopes: ["account:read"] });

    const { status, json: second } = await exchange(first.refreshToken);
    const { json: third } = await exchange(second.refreshToken);

    expect(status).toBe(200);
    expect(second).toEqual({
      accessToken: expect.any(String),
      tokenType: "Bearer",
      expiresIn: 900,
      refreshToken: expect.any(String),
      scope: "account:read",
    });
    expect(new Set([first, second, third].map(({ refreshToken }) => refreshToken)).size).toBe(3);
    expect(new Set([first, second, third].map(({ accessToken }) => accessToken)).size).toBe(3);
    expect(await me(third.accessToken)).toBe(200);
  });

  test("answers the same to a token that comes again within 10 seconds, also after the next exchange", async () => {
    const person = await Person.register(world());
    const { refreshToken } = await person.tokens();
    const first = await exchange(refreshToken);
    const second = await exchange(first.json.refreshToken);

    expect((await exchange(refreshToken)).json).toEqual(first.json);
    expect((await exchange(first.json.refreshToken)).json).toEqual(second.json);
    await ageTokens(world(), 9000);
    expect((await exchange(refreshToken)).json.refreshToken).toBe(first.json.refreshToken);
    expect(await me(second.json.accessToken)).toBe(200);
  });

  test("answers the same to all who send a token at once, on two web processes", async () => {
    const person = await Person.register(world());
    const other = await world().addWeb();
    const { refreshToken } = await person.tokens();

    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, index) =>
        exchange(refreshToken, index % 2 === 0 ? world().url : other),
      ),
    );

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ json }) => JSON.stringify(json))).size).toBe(1);
  });

  test("answers 401 to a token that comes again later, and ends its family", async () => {
    const person = await Person.register(world());
    const { refreshToken } = await person.tokens();
    const { json: next } = await exchange(refreshToken);
    await ageTokens(world(), 10_001);
    expect(await me(next.accessToken)).toBe(200);

    const reused = await exchange(refreshToken);

    expect([reused.status, reused.json.code]).toEqual([401, "invalid-token"]);
    expect(reused.json.detail).toContain("used before");
    expect((await exchange(next.refreshToken)).status).toBe(401);
    expect(await me(next.accessToken)).toBe(401);
    expect((await person.browser.get("/api/v1/tokens")).json.items).toEqual([]);
  });

  test("ends the family of a token that was used long ago too, and writes that into the audit log", async () => {
    const person = await Person.register(world());
    const first = await person.tokens();
    let last = first;
    for (let count = 0; count < 20; count += 1) {
      last = (await exchange(last.refreshToken)).json;
      await ageTokens(world(), 60_000);
    }
    const [family] = (await person.browser.get("/api/v1/tokens")).json.items;

    expect((await exchange(first.refreshToken)).status).toBe(401);

    expect((await exchange(last.refreshToken)).status).toBe(401);
    const events = world().mongo.db.collection("auditEvents");
    expect(
      await events.find({ "target.id": family?.id ?? "", action: "token.refresh" }).toArray(),
    ).toMatchObject([{ outcome: "failure", reason: "invalid-token" }]);
  });

  test("is not misled by a token that somebody made up for a family that exists", async () => {
    const person = await Person.register(world());
    const { refreshToken } = await person.tokens();
    const [family] = (await person.browser.get("/api/v1/tokens")).json.items;
    const madeUp = `stwr_${family?.id ?? ""}${newSecret()}${"A".repeat(16)}`;

    expect((await exchange(madeUp)).status).toBe(401);

    expect((await exchange(refreshToken)).status).toBe(200);
  });

  test("answers 401 when the family was idle for too long, and goes on when it was refreshed in time", async () => {
    const person = await Person.register(world());
    const [idle, used] = [await person.tokens(), await person.tokens()];
    await ageTokens(world(), 0.6 * HOUR_MS);
    const { json: next } = await exchange(used.refreshToken);
    await ageTokens(world(), 0.6 * HOUR_MS);

    const expired = await exchange(idle.refreshToken);

    expect([expired.status, expired.json.detail]).toEqual([401, "The refresh token has expired"]);
    expect((await exchange(next.refreshToken)).status).toBe(200);
  });

  test("answers 401 at the end of the family's lifetime, however much it is refreshed", async () => {
    const person = await Person.register(world());
    let { refreshToken } = await person.tokens();

    const statuses: number[] = [];
    for (let step = 0; step < 5; step += 1) {
      await ageTokens(world(), 0.7 * HOUR_MS);
      const { status, json } = await exchange(refreshToken);
      statuses.push(status);
      if (status === 200) ({ refreshToken } = json);
    }

    expect(statuses).toEqual([200, 200, 200, 200, 401]);
  });

  test("takes tokens of before a change of the secrets, and no token of a secret that is gone", async () => {
    const person = await Person.register(world());
    const secrets = world().config.sessionSecrets;
    const fresh = "another-secret-of-the-tests-0123456789";
    const [before, both, after] = [
      world().url,
      await world().addWeb({ tokenSecrets: [fresh, ...secrets] }),
      await world().addWeb({ tokenSecrets: [fresh] }),
    ];
    const { refreshToken, accessToken } = await person.tokens();
    const meAt = async (url: string, token: string) =>
      (await world().visitor(url).get("/api/v1/me", bearer(token))).status;

    const first = await exchange(refreshToken, before);
    const again = await exchange(refreshToken, both);
    const second = await exchange(first.json.refreshToken, both);

    expect(again.json.refreshToken).toBe(first.json.refreshToken);
    expect([await meAt(both, accessToken), await meAt(after, accessToken)]).toEqual([200, 401]);
    expect(await meAt(after, second.json.accessToken)).toBe(200);
    // Nobody has used this one yet: its hash is enough.
    const unused = await person.tokens();
    expect((await exchange(unused.refreshToken, after)).status).toBe(200);
  });

  test.each([
    ["nothing", {}, 400],
    ["a number", { refreshToken: 1 }, 400],
    ["a long text", { refreshToken: "x".repeat(1025) }, 400],
    ["an unknown field", { refreshToken: "x", accessToken: "x" }, 400],
    ["an empty text", { refreshToken: "" }, 401],
    ["a word", { refreshToken: "token" }, 401],
    ["an unknown family", { refreshToken: `stwr_${newId()}${"A".repeat(59)}` }, 401],
    ["an API key", { refreshToken: `stw_${newId()}${"A".repeat(49)}` }, 401],
  ])("answers to %s", async (_what, body, status) => {
    expect((await world().visitor().post("/api/v1/tokens/refresh", body)).status).toBe(status);
  });

  test("answers 401 to an access token", async () => {
    const person = await Person.register(world());

    expect((await exchange((await person.tokens()).accessToken)).status).toBe(401);
  });

  test("stores nothing that a token could be made of", async () => {
    const person = await Person.register(world());
    const { refreshToken } = await person.tokens();
    const { json } = await exchange(refreshToken);

    const stored = JSON.stringify(
      await world().mongo.db.collection("credentials").find().toArray(),
    );

    // The id of the family stands between `stwr_` and the secret.
    for (const token of [refreshToken, json.refreshToken]) {
      expect(stored).not.toContain(token.slice(27, 70));
      expect(stored).not.toContain(token.slice(70));
    }
  });
});
