import { afterAll, afterEach, beforeAll, beforeEach, expect } from "@jest/globals";
import type { Browser } from "playwright-core";
import { newId } from "../../common/platform/ids.js";
import { needs } from "../support/needs.js";
import { World } from "../support/world.js";
import { AuthorizeDialog } from "./authorize-dialog.js";
import { DocsPage, openBrowser, type ShownAnswer } from "./docs-page.js";

const { describe, test } = needs("browser");

let world: World;
let browser: Browser;
let docs: DocsPage;
let dialog: AuthorizeDialog;

beforeAll(async () => {
  world = await World.start();
  browser = await openBrowser();
});

afterAll(async () => {
  await browser.close();
  await world.close();
});

beforeEach(async () => {
  docs = await DocsPage.open(browser, world.url);
  dialog = new AuthorizeDialog(docs.page);
});

afterEach(() => docs.close());

/** Somebody with an account, and everything that proves it. */
async function somebodyElse() {
  const client = await world.member();
  const { username } = (await client.get("/api/v1/me")).json;
  const { key } = await client.makeKey(["account:read", "files:read"]);
  const { accessToken } = (await client.post("/api/v1/tokens", {})).json;
  return { username, key, accessToken };
}

/** Registers on the page, which has a cookie then. @returns the username. */
async function register(): Promise<string> {
  const credentials = { username: `u.${newId()}`, password: "seven-purple-owls" };
  const operation = docs.operation("Accounts", "register");
  await operation.tryItOut();
  await operation.setBody(credentials);
  expect((await operation.execute()).status).toBe(201);
  return credentials.username;
}

const outcome = ({ status, text }: ShownAnswer) => {
  const { username, code } = JSON.parse(text) as { username?: string; code?: string };
  return [status, username ?? code];
};

/** What the browser itself says of a refused request is no fault of the page. */
const faults = () => docs.faults.filter((fault) => !/status of 40[13]/.test(fault));

type Somebody = Awaited<ReturnType<typeof somebodyElse>>;

describe("In the Authorize dialog", () => {
  test("each scheme says what to paste; the cookie is not offered", async () => {
    expect(await dialog.schemes()).toEqual([
      "apiKey",
      "accessToken",
      "basic",
      "uploadGrant",
      "metricsToken",
    ]);
    const text = await dialog.text();
    expect(await dialog.focused()).toBe("apiKey");

    for (const hint of ["POST /tokens", "POST /api-keys", "without Bearer", "stw_", "curl -u"]) {
      expect(text).toContain(hint);
    }
    expect(docs.faults).toEqual([]);
  });

  test.each<[string, (person: Somebody) => Promise<void>]>([
    ["apiKey", ({ key }) => dialog.bearer("apiKey", key)],
    ["accessToken", ({ accessToken }) => dialog.bearer("accessToken", accessToken)],
    ["basic", ({ username, key }) => dialog.basic(username, key)],
  ])(
    "%s counts instead of the cookie until one logs out of the dialog",
    async (scheme, authorize) => {
      const person = await somebodyElse();
      const me = docs.operation("Accounts", "getAccount");
      await me.tryItOut();
      const before = await me.execute();
      const here = await register();

      await authorize(person);
      const authorized = await me.execute();
      await dialog.logOut(scheme);
      const after = await me.execute();

      expect(outcome(before)).toEqual([401, "unauthenticated"]);
      expect(outcome(authorized)).toEqual([200, person.username]);
      expect(outcome(after)).toEqual([200, here]);
      expect(faults()).toEqual([]);
    },
    300_000,
  );

  test.each<[string, (person: Somebody) => Promise<void>]>([
    ["apiKey", ({ key }) => dialog.bearer("apiKey", key)],
    ["basic", ({ username, key }) => dialog.basic(username, key)],
  ])("%s of a key without the scope shows 403 and the scope", async (_scheme, authorize) => {
    await register();
    await authorize(await somebodyElse());
    const remove = docs.operation("Files", "deleteFile");
    await remove.tryItOut();
    await remove.setParameter("id", newId());

    const refused = await remove.execute();

    expect(outcome(refused)).toEqual([403, "insufficient-scope"]);
    expect(refused.text).toContain("files:delete");
    expect(faults()).toEqual([]);
  });

  test.each(["apiKey", "accessToken"])("%s that is wrong shows 401 and why", async (scheme) => {
    await register();
    await dialog.bearer(scheme, "stw_wrong");
    const me = docs.operation("Accounts", "getAccount");
    await me.tryItOut();

    const refused = await me.execute();

    expect(outcome(refused)).toEqual([401, "invalid-token"]);
    expect(refused.text).toContain('"detail"');
    expect(faults()).toEqual([]);
  });

  test("an operation says whether its requests are authorized", async () => {
    const { key } = await somebodyElse();
    const account = docs.operation("Accounts", "getAccount");
    await account.showBlock();
    const mark = account.block.locator(".needs-session");
    const before = await mark.innerText();

    await dialog.bearer("apiKey", key);

    expect([before, await mark.innerText()]).toEqual(["sign in first", "authorized"]);
    await dialog.logOut("apiKey");
    const logOut = docs.operation("Accounts", "logOut").block.locator(".needs-session");
    expect(await logOut.innerText()).toBe("sign in first");
  });
});
