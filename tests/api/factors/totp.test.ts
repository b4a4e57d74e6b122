import { describe, expect, test } from "@jest/globals";
import { useWorld } from "../../support/use-world.js";
import { App, factorsIn, outcome, Person } from "./person.js";

const world = useWorld();
const TOTP = "/api/v1/me/totp";

const register = () => Person.register(world());

describe("POST /me/totp", () => {
  test("answers 201 with a secret, its URI and its QR code, which change nothing until a code confirms them", async () => {
    const person = await register();

    const started = await person.confirmed("POST", TOTP);

    expect(started.status).toBe(201);
    expect(started.headers["cache-control"]).toBe("no-store");
    const { secret, uri, qrCode } = factorsIn(started);
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    const query = new URL(uri).searchParams;
    expect(uri).toMatch(/^otpauth:\/\/totp\/Stowage:u/);
    expect([query.get("secret"), query.get("issuer")]).toEqual([secret, "Stowage"]);
    const picture = Buffer.from(qrCode.replace("data:image/svg+xml;base64,", ""), "base64");
    expect(picture.toString()).toMatch(/^<svg /);
    expect((await person.signIn()).status).toBe(200);
  });

  test("stores the secret encrypted", async () => {
    const person = await register();
    const { secret } = await person.setUpApp();

    const stored = JSON.stringify(await world().mongo.db.collection("factors").find().toArray());

    const bytes = Buffer.from(secret);
    expect(stored).not.toContain(secret);
    expect(stored).not.toContain(bytes.toString("base64url"));
  });

  test("answers 403 to a wrong password, 400 to none, and 401 without a session", async () => {
    const person = await register();

    const wrong = await person.browser.post(TOTP, { password: "not this one" });
    const missing = await person.browser.post(TOTP, {});
    const nobody = await world().visitor().post(TOTP, { password: person.password });

    expect([wrong, missing, nobody].map(outcome)).toEqual([
      [403, "reauthentication-failed"],
      [400, "invalid-request"],
      [401, "unauthenticated"],
    ]);
    expect(missing.json.errors).toMatchObject([{ in: "body", pointer: "/password" }]);
  });

  test("replaces an app with another one, and asks for the first for that", async () => {
    const person = await register();
    const { app: old } = await person.setUpApp();

    const refused = await person.confirmed("POST", TOTP);
    const { app } = await person.setUpApp({ code: old.code() });

    expect(outcome(refused)).toEqual([403, "reauthentication-required"]);
    expect(factorsIn(refused).methods).toEqual(["totp", "recovery-code"]);
    expect(outcome(await person.signIn({ code: old.code(1) }))).toEqual([401, "invalid-code"]);
    expect((await person.signIn({ code: app.code() })).status).toBe(200);
  });
});

describe("POST /me/totp/confirm", () => {
  test("answers 200 with ten recovery codes, of which the server keeps none as it is", async () => {
    const person = await register();

    const { recoveryCodes } = await person.setUpApp();

    expect(new Set(recoveryCodes).size).toBe(10);
    const stored = JSON.stringify(await world().mongo.db.collection("factors").find().toArray());
    for (const code of recoveryCodes) {
      expect(stored).not.toContain(code);
      expect(stored).not.toContain(code.replaceAll("-", ""));
    }
  });

  test("answers 400 to a wrong code, and 404 when no app is being set up", async () => {
    const person = await register();

    const idle = await person.browser.post(`${TOTP}/confirm`, { code: "123456" });
    await person.confirmed("POST", TOTP);
    const wrong = await person.browser.post(`${TOTP}/confirm`, { code: "12345" });

    expect(outcome(idle)).toEqual([404, "not-found"]);
    expect(outcome(wrong)).toEqual([400, "invalid-request"]);
    expect(wrong.json.errors).toMatchObject([{ in: "body", pointer: "/code" }]);
    expect((await person.signIn()).status).toBe(200);
  });

  test("takes a secret into use once", async () => {
    const person = await register();
    const { app } = await person.setUpApp();

    const again = await person.browser.post(`${TOTP}/confirm`, { code: app.code() });

    expect(again.status).toBe(404);
  });

  test("uses up the code that it is given", async () => {
    const person = await register();
    const started = await person.confirmed("POST", TOTP);
    const code = new App(factorsIn(started).secret).code();

    await person.browser.post(`${TOTP}/confirm`, { code });

    expect(outcome(await person.signIn({ code }))).toEqual([401, "invalid-code"]);
  });
});

describe("Sign-in with an authenticator app", () => {
  test("asks for the code after the right password, and says how it can be proven", async () => {
    const person = await register();
    const { app } = await person.setUpApp();

    const asked = await person.signIn();
    const wrong = await person.signIn({ password: "password124", code: app.code() });
    const right = await person.signIn({ code: app.code() });

    expect(outcome(asked)).toEqual([401, "second-factor-required"]);
    expect(factorsIn(asked).methods).toEqual(["totp", "recovery-code"]);
    expect(asked.headers["set-cookie"]).toBeUndefined();
    expect(asked.headers["www-authenticate"]).toBeDefined();
    expect(outcome(wrong)).toEqual([401, "invalid-credentials"]);
    expect(right.status).toBe(200);
  });

  test("notes in the session what was proven", async () => {
    const person = await register();
    const { app, recoveryCodes } = await person.setUpApp();

    await person.signIn({ code: app.code() });
    await person.signIn({ code: recoveryCodes[0] });

    const { items } = (await person.browser.get("/api/v1/sessions")).json;
    expect((items as unknown as { methods: string[] }[]).map(({ methods }) => methods)).toEqual([
      ["password", "recovery-code"],
      ["password", "totp"],
      ["password"],
    ]);
  });

  test("accepts the code of the next time step, spaces in it, and none of two steps away", async () => {
    const person = await register();
    const { app } = await person.setUpApp();

    const far = await Promise.all([-3, 3].map((n) => person.signIn({ code: app.code(n) })));
    const next = await person.signIn({ code: app.code(1).replace(/^.../, "$& ") });

    expect(far.map(outcome)).toEqual([
      [401, "invalid-code"],
      [401, "invalid-code"],
    ]);
    expect(next.status).toBe(200);
  });

  test("accepts a code once, and none of an earlier step after it", async () => {
    const person = await register();
    const { app } = await person.setUpApp();
    const [earlier, code] = [app.code(), app.code(1)];

    const answers = await Promise.all(Array.from({ length: 8 }, () => person.signIn({ code })));
    const again = await person.signIn({ code });
    const before = await person.signIn({ code: earlier });

    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, 401, 401, 401, 401, 401, 401, 401]);
    expect([again, before].map(outcome)).toEqual([
      [401, "invalid-code"],
      [401, "invalid-code"],
    ]);
  });

  test.each(["", "1", "abcdef", "１２３４５６", "0".repeat(64), "{}", "\u0000"])(
    "answers 401 to the code %j",
    async (code) => {
      const person = await register();
      await person.setUpApp();

      expect(outcome(await person.signIn({ code }))).toEqual([401, "invalid-code"]);
    },
  );

  test.each([
    ["a number", 123456],
    ["an operator", { $gt: "" }],
    ["65 characters", "0".repeat(65)],
  ])("answers 400 to %s as the code", async (_, code) => {
    const person = await register();
    await person.setUpApp();

    expect(outcome(await person.signIn({ code }))).toEqual([400, "invalid-request"]);
  });

  test("ignores a code where the account has no second factor", async () => {
    const person = await register();

    expect((await person.signIn({ code: "123456" })).status).toBe(200);
  });
});

describe("DELETE /me/totp", () => {
  test("answers 204 with password and code, and the password alone signs in again", async () => {
    const person = await register();
    const { app } = await person.setUpApp();

    const refused = await person.confirmed("DELETE", TOTP);
    const wrong = await person.confirmed("DELETE", TOTP, { code: "000000" });
    const removed = await person.confirmed("DELETE", TOTP, { code: app.code() });

    expect([refused, wrong, removed].map(outcome)).toEqual([
      [403, "reauthentication-required"],
      [403, "reauthentication-failed"],
      [204, undefined],
    ]);
    expect((await person.signIn()).status).toBe(200);
    const factors = factorsIn(await person.browser.get("/api/v1/me/factors"));
    expect([factors.totp, factors.recoveryCodesLeft]).toEqual([null, 0]);
  });

  test("answers 404 where there is none", async () => {
    const person = await register();

    expect(outcome(await person.confirmed("DELETE", TOTP))).toEqual([404, "not-found"]);
  });
});
