import { describe, expect, test } from "@jest/globals";
import { useWorld } from "../../support/use-world.js";
import { factorsIn, outcome, Person } from "./person.js";

const world = useWorld();
const CODES = "/api/v1/me/recovery-codes";

const register = () => Person.register(world());

describe("A recovery code", () => {
  test("signs in once, also when it comes eight times at once", async () => {
    const person = await register();
    const { recoveryCodes } = await person.setUpApp();
    const [code] = recoveryCodes;

    const answers = await Promise.all(Array.from({ length: 8 }, () => person.signIn({ code })));

    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, 401, 401, 401, 401, 401, 401, 401]);
    expect(factorsIn(await person.browser.get("/api/v1/me/factors")).recoveryCodesLeft).toBe(9);
  });

  test("counts whatever its case, its hyphens and spaces", async () => {
    const person = await register();
    const { recoveryCodes } = await person.setUpApp();
    const [one = "", two = ""] = recoveryCodes;

    expect((await person.signIn({ code: one.toUpperCase() })).status).toBe(200);
    expect((await person.signIn({ code: ` ${two.replaceAll("-", " ")}` })).status).toBe(200);
  });

  test("is not that of another account", async () => {
    const [person, other] = [await register(), await register()];
    const { recoveryCodes } = await person.setUpApp();
    await other.setUpApp();

    expect(outcome(await other.signIn({ code: recoveryCodes[0] }))).toEqual([401, "invalid-code"]);
  });
});

describe("POST /me/recovery-codes", () => {
  test("answers 201 with ten new ones, and the old ones do not count any more", async () => {
    const person = await register();
    const { app, recoveryCodes: old } = await person.setUpApp();

    const refused = await person.confirmed("POST", CODES);
    const made = await person.confirmed("POST", CODES, { code: app.code() });

    expect(outcome(refused)).toEqual([403, "reauthentication-required"]);
    expect(made.status).toBe(201);
    const { recoveryCodes } = factorsIn(made);
    expect(new Set([...old, ...recoveryCodes]).size).toBe(20);
    expect(outcome(await person.signIn({ code: old[0] }))).toEqual([401, "invalid-code"]);
    expect((await person.signIn({ code: recoveryCodes[0] })).status).toBe(200);
  });

  test("answers 404 without a second factor", async () => {
    const person = await register();

    expect(outcome(await person.confirmed("POST", CODES))).toEqual([404, "not-found"]);
  });
});
