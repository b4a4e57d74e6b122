import { describe, expect, test } from "@jest/globals";
import { useWorld } from "../../support/use-world.js";
import { outcome, Person } from "./person.js";

const world = useWorld();

const register = () => Person.register(world());

describe("A dangerous change", () => {
  test("asks for the second factor too: the password is changed with a code only", async () => {
    const person = await register();
    const { app } = await person.setUpApp();
    const change = { currentPassword: person.password, newPassword: "correct horse battery" };

    const refused = await person.browser.send("PUT", "/api/v1/me/password", change);
    const changed = await person.browser.send("PUT", "/api/v1/me/password", {
      ...change,
      code: app.code(),
    });

    expect(outcome(refused)).toEqual([403, "reauthentication-required"]);
    expect(changed.status).toBe(204);
  });
});

describe("A new API key", () => {
  test("is made with the second factor only, where there is one", async () => {
    const person = await register();
    const { app } = await person.setUpApp();
    const key = { name: "backup", scopes: ["files:read"] };

    const refused = await person.browser.post("/api/v1/api-keys", key);
    const made = await person.browser.post("/api/v1/api-keys", { ...key, code: app.code() });

    expect([refused, made].map(outcome)).toEqual([
      [403, "reauthentication-required"],
      [201, undefined],
    ]);
  });
});

describe("POST /tokens", () => {
  test("asks for the second factor as sign-in does", async () => {
    const person = await register();
    const { app } = await person.setUpApp();
    const ask = (proof: object = {}) =>
      world()
        .visitor()
        .post("/api/v1/tokens", { ...person.credentials, ...proof });

    const answers = [await ask(), await ask({ code: "000000" }), await ask({ code: app.code() })];

    expect(answers.map(outcome)).toEqual([
      [401, "second-factor-required"],
      [401, "invalid-code"],
      [200, undefined],
    ]);
  });
});
