import { beforeEach, describe, expect, test } from "@jest/globals";
import type { AuditDoc } from "../../../common/audit/repository.js";
import { newId } from "../../../common/platform/ids.js";
import { CookieBrowser } from "../../support/cookie-browser.js";
import { useOidcWorld } from "../../support/oidc-world.js";
import { App, type FactorJson } from "../factors/person.js";

const { issuer, world } = await useOidcWorld({ oidcSecondFactor: "trust" });

beforeEach(() => {
  issuer.subject = newId();
  issuer.amr = undefined;
  issuer.people.set(issuer.subject, { preferred_username: `p.${newId()}` });
});

const api = (path: string) => `${world().url}/api/v1${path}`;
const SECOND = "/login/oidc/second-factor";

const comeBack = async (browser = new CookieBrowser()) => ({
  browser,
  arrival: await browser.visit(`${api("/login/oidc")}?returnTo=/docs`),
});

const isSignedIn = async (browser: CookieBrowser) =>
  (await browser.send(api("/me"))).status === 200;

/** Somebody who came from the provider once, and has an authenticator app since. */
async function personWithApp() {
  const { browser } = await comeBack();
  const started = await browser.sendJson("POST", api("/me/totp"), {});
  const app = new App(String(started.json["secret"]));
  const confirmed = await browser.sendJson("POST", api("/me/totp/confirm"), { code: app.code() });
  const { recoveryCodes } = confirmed.json as unknown as FactorJson;
  const { id } = (await (await browser.send(api("/me"))).json()) as { id: string };
  const factors = world().mongo.db.collection<{ _id: string }>("factors");
  await factors.updateOne({ _id: id }, { $set: { "totp.lastStep": 0 } });
  return { app, id, browser, recoveryCodes };
}

const sendForm = (browser: CookieBrowser, code: string) =>
  browser.send(api(SECOND), {
    method: "POST",
    headers: { Accept: "text/html" },
    body: new URLSearchParams({ code }),
  });

describe("Single sign-on to an account with a second factor", () => {
  test("leads to a page that asks for it, and to where the person wanted to go", async () => {
    const { app } = await personWithApp();

    const { browser, arrival } = await comeBack();

    expect(arrival.url.pathname).toBe(`/api/v1${SECOND}`);
    expect(await isSignedIn(browser)).toBe(false);
    const page = await browser.send(arrival.url.href, { headers: { Accept: "text/html" } });
    expect(await page.text()).toContain('name="code"');
    const answer = await sendForm(browser, app.code());
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/docs"]);
    expect(await isSignedIn(browser)).toBe(true);
    const { items } = (await (await browser.send(api("/sessions"))).json()) as {
      items: { isCurrent: boolean; methods: string[] }[];
    };
    expect(items.find(({ isCurrent }) => isCurrent)?.methods).toEqual(["oidc", "totp"]);
  });

  test("shows the page again with a wrong code, writes it down, and takes a recovery code then", async () => {
    const { id, recoveryCodes } = await personWithApp();
    const { browser } = await comeBack();

    const refused = await sendForm(browser, "000000");
    const text = await refused.text();

    expect(refused.status).toBe(401);
    expect(text).toMatch(/<p class="fault" id="code-fault">The code is wrong/);
    expect(await isSignedIn(browser)).toBe(false);
    const events = world().mongo.db.collection<AuditDoc>("auditEvents");
    expect(await events.findOne({ accountId: id, reason: "invalid-code" })).toMatchObject({
      action: "session.create",
      outcome: "failure",
    });
    expect((await sendForm(browser, recoveryCodes[0] ?? "")).status).toBe(303);
    expect(await isSignedIn(browser)).toBe(true);
  });

  test("tells programs how to prove it, and signs them in", async () => {
    const { app, id } = await personWithApp();
    const { browser } = await comeBack();

    const choice = (await (await browser.send(api(SECOND))).json()) as object;
    const without = await browser.sendJson("POST", api(SECOND), {});
    const { status, json } = await browser.sendJson("POST", api(SECOND), { code: app.code() });

    expect(choice).toEqual({ methods: ["totp", "recovery-code"] });
    expect([without.status, without.json["code"]]).toEqual([401, "second-factor-required"]);
    expect([status, json["id"]]).toEqual([200, id]);
    expect((await browser.sendJson("POST", api(SECOND), { code: app.code(1) })).status).toBe(400);
  });

  test("does not go on where all sessions were ended meanwhile, or the account was disabled", async () => {
    const { app, id } = await personWithApp();
    const [one, other] = [(await comeBack()).browser, (await comeBack()).browser];
    await world().services.accounts.endSessions(id);

    const ended = await sendForm(one, app.code());
    await world().services.accountAdministration.change(id, { isDisabled: true });
    const disabled = await sendForm(other, app.code());

    expect([ended.status, disabled.status]).toEqual([401, 401]);
    expect(await isSignedIn(one)).toBe(false);
  });

  test("is complete where the provider is trusted and says that it has asked for several factors", async () => {
    await personWithApp();
    issuer.amr = ["pwd", "otp", "mfa"];

    const { browser, arrival } = await comeBack();

    expect(arrival.url.pathname).toBe("/docs");
    expect(await isSignedIn(browser)).toBe(true);
  });

  test("is not complete where the provider says so of one factor", async () => {
    await personWithApp();
    issuer.amr = ["pwd"];

    expect((await comeBack()).arrival.url.pathname).toBe(`/api/v1${SECOND}`);
  });

  test("answers 400 where no sign-in waits, and for a cookie that somebody has made", async () => {
    const forged = Buffer.from(JSON.stringify({ accountId: newId(), endsAt: Date.now() * 2 }));
    const cookie = `stowage_second_factor=${forged.toString("base64url")}`;

    const answers = await Promise.all([
      fetch(api(SECOND)),
      fetch(api(SECOND), { method: "POST", body: new URLSearchParams({ code: "000000" }) }),
      fetch(api(SECOND), { headers: { Cookie: cookie } }),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400]);
  });
});

describe("Where OIDC_SECOND_FACTOR is ask", () => {
  test("the provider's word does not take the place of the second factor", async () => {
    await personWithApp();
    issuer.amr = ["mfa"];
    const browser = new CookieBrowser();
    const { url } = await browser.visit(api("/login/oidc"), ({ pathname }) =>
      pathname.endsWith("/callback"),
    );
    const asking = await world().addWeb({ oidcSecondFactor: "ask", port: 0 });

    const answer = await browser.send(asking + url.pathname + url.search);

    expect(answer.headers.get("location")).toBe(`/api/v1${SECOND}`);
  });
});
