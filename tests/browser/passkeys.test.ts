import { afterAll, beforeAll, expect } from "@jest/globals";
import type { Browser } from "playwright-core";
import { somebody } from "../support/client.js";
import { needs } from "../support/needs.js";
import { World } from "../support/world.js";
import { openBrowser } from "./docs-page.js";
import { PasskeyPage, type Seen } from "./passkey-page.js";

const { test } = needs("browser");

let world: World;
let browser: Browser;

beforeAll(async () => {
  world = await World.start();
  browser = await openBrowser();
});

afterAll(async () => {
  await browser.close();
  await world.close();
});

const outcome = ({ status, json }: Seen) => [status, json.code];

/** Passkeys that are copied to several devices count nothing: then only the challenge tells that an answer came before. */
async function forgetCounts(): Promise<void> {
  const factors = world.mongo.db.collection("factors");
  await factors.updateMany(
    { "passkeys.0": { $exists: true } },
    { $set: { "passkeys.0.signCount": 0 } },
  );
}

/** Somebody in a browser of its own, registered. */
async function openPerson() {
  const page = await PasskeyPage.open(browser, `http://localhost:${world.port}`);
  const person = somebody();
  await page.ask("POST", "/register", person);
  const { password } = person;
  const startAdding = (proof: object = {}) =>
    page.ask("POST", "/me/passkeys/options", { password, ...proof });
  return {
    page,
    person,
    startAdding,
    signIn: (proof: object = {}) => page.ask("POST", "/login", { ...person, ...proof }),
    add: async (name = "My phone") => {
      const passkey = await page.make((await startAdding()).json);
      return page.ask("POST", "/me/passkeys", { name, passkey });
    },
    answerAlone: async (changes: object = {}) => {
      const options = await page.ask("POST", "/login/passkey/options");
      return page.use({ ...options.json, ...changes });
    },
  };
}

test("A passkey is a second factor: the password alone does not sign in any more, and each answer counts once", async () => {
  const { page, add, signIn } = await openPerson();

  const added = await add();
  const asked = await signIn();
  const passkey = await page.use(asked.json.passkey);
  const first = await signIn({ passkey });
  await forgetCounts();
  const answers = [first, await signIn({ passkey })];

  expect(added.status).toBe(201);
  expect(added.json).toMatchObject({ name: "My phone", lastUsedAt: null });
  expect(added.json.recoveryCodes).toHaveLength(10);
  expect(outcome(asked)).toEqual([401, "second-factor-required"]);
  expect(asked.json.methods).toEqual(["recovery-code", "passkey"]);
  expect(answers.map(outcome)).toEqual([
    [200, undefined],
    [401, "invalid-passkey"],
  ]);
  const { items } = (await page.ask("GET", "/sessions")).json;
  expect(items[0]?.methods).toEqual(["password", "passkey"]);
  await page.close();
});

test("A passkey signs in alone, in the browser that asked, and once", async () => {
  const { page, person, add, answerAlone } = await openPerson();
  await add();
  await page.ask("POST", "/logout");

  const passkey = await answerAlone();
  const elsewhere = await world
    .visitor(`http://localhost:${world.port}`)
    .post("/api/v1/login/passkey", { passkey });
  const here = await page.ask("POST", "/login/passkey", { passkey });
  const me = await page.ask("GET", "/me");
  await forgetCounts();
  const again = await page.ask("POST", "/login/passkey", { passkey });

  expect([elsewhere.status, elsewhere.json.code]).toEqual([401, "invalid-passkey"]);
  expect(here.status).toBe(200);
  expect(me.json).toMatchObject({ username: person.username });
  expect(outcome(again)).toEqual([401, "invalid-passkey"]);
  await page.close();
});

test("A passkey that has not verified its user does not sign in alone, and is good enough as a second factor", async () => {
  const { page, add, signIn, answerAlone } = await openPerson();
  await add();
  await page.verifyUser(false);

  const passkey = await answerAlone({ userVerification: "discouraged" });
  const alone = await page.ask("POST", "/login/passkey", { passkey });
  const second = await signIn({ passkey: await page.use((await signIn()).json.passkey) });

  expect(outcome(alone)).toEqual([401, "invalid-passkey"]);
  expect(second.status).toBe(200);
  await page.close();
});

test("A copy of an authenticator, whose counter is behind, is refused", async () => {
  const { page, add, signIn } = await openPerson();
  await add();
  const use = async () => signIn({ passkey: await page.use((await signIn()).json.passkey) });
  expect((await use()).status).toBe(200);
  expect((await use()).status).toBe(200);

  await page.resetCounter();

  expect(outcome(await use())).toEqual([401, "invalid-passkey"]);
  await page.close();
});

test("A challenge is for one purpose and one account, and adds one passkey", async () => {
  const [one, other] = [await openPerson(), await openPerson()];
  const options = (await one.startAdding()).json;
  const passkey = await one.page.make(options);
  const body = { name: "a", passkey };

  const byOther = await other.page.ask("POST", "/me/passkeys", body);
  const asSignIn = await one.page.ask("POST", "/login/passkey", { passkey });
  const added = await one.page.ask("POST", "/me/passkeys", body);
  const again = await one.page.ask("POST", "/me/passkeys", body);

  expect([byOther, asSignIn, added, again].map(outcome)).toEqual([
    [400, "invalid-request"],
    [401, "invalid-passkey"],
    [201, undefined],
    [400, "invalid-request"],
  ]);
  await one.page.close();
  await other.page.close();
});

test("A passkey is renamed, and removed with its own answer, after which it signs in nobody", async () => {
  const { page, person, add, answerAlone } = await openPerson();
  const { id } = (await add()).json;
  const path = `/me/passkeys/${id}`;
  const { password } = person;

  const renamed = await page.ask("PATCH", path, { name: "Old phone" });
  const refused = await page.ask("DELETE", path, { password });
  const passkey = await page.use(refused.json.passkey);
  const removed = await page.ask("DELETE", path, { password, passkey });
  const alone = await page.ask("POST", "/login/passkey", { passkey: await answerAlone() });

  expect(renamed.json.name).toBe("Old phone");
  expect(outcome(refused)).toEqual([403, "reauthentication-required"]);
  expect(removed.status).toBe(204);
  expect(outcome(alone)).toEqual([401, "invalid-passkey"]);
  expect((await page.ask("GET", "/me/passkeys")).json.items).toEqual([]);
  expect((await page.ask("POST", "/login", person)).status).toBe(200);
  await page.close();
});
