import { beforeEach, describe, expect, test } from "@jest/globals";
import { newId } from "../../../common/platform/ids.js";
import { CookieBrowser } from "../../support/cookie-browser.js";
import { useOidcWorld } from "../../support/oidc-world.js";

const { issuer, world } = await useOidcWorld();

beforeEach(() => {
  issuer.subject = newId();
  issuer.people.set(issuer.subject, { preferred_username: `p.${newId()}`, groups: ["staff"] });
});

const LOGIN = () => `${world().url}/api/v1/login/oidc`;

async function me(browser: CookieBrowser) {
  const response = await browser.send(`${world().url}/api/v1/me`);
  return (await response.json()) as { id: string; username: string; role: string };
}

async function signedIn() {
  const browser = new CookieBrowser();
  const arrival = await browser.visit(`${LOGIN()}?returnTo=/docs`);
  return { browser, arrival };
}

describe("An account without a password", () => {
  const apiUrl = (path: string) => `${world().url}/api/v1${path}`;

  test("sets one, and is deleted, within ten minutes after a sign-in, and not later", async () => {
    const { browser } = await signedIn();
    const { id, username } = await me(browser);
    const credentials = world().mongo.db.collection("credentials");
    const old = new Date(Date.now() - 11 * 60_000);
    await world()
      .mongo.db.collection("accounts")
      .updateOne({ _id: id as never }, { $set: { sessionsValidFrom: old } });
    await credentials.updateMany({ accountId: id }, { $set: { createdAt: old } });

    const late = await browser.sendJson("PUT", apiUrl("/me/password"), {
      newPassword: "seven-purple-owls",
    });
    expect([late.status, late.json["code"]]).toEqual([403, "reauthentication-failed"]);
    await browser.visit(LOGIN());
    const inTime = await browser.sendJson("PUT", apiUrl("/me/password"), {
      newPassword: "seven-purple-owls",
    });

    expect(inTime.status).toBe(204);
    const signIn = { username, password: "seven-purple-owls" };
    expect((await world().visitor().post("/api/v1/login", signIn)).status).toBe(200);
    expect((await browser.sendJson("DELETE", apiUrl("/me"), {})).status).toBe(400);
    expect(
      (await browser.sendJson("DELETE", apiUrl("/me"), { password: "seven-purple-owls" })).status,
    ).toBe(202);
  });

  test("begins a second factor right after it has signed in", async () => {
    const { browser } = await signedIn();

    const begun = await browser.sendJson("POST", apiUrl("/me/totp"), {});

    expect(begun).toMatchObject({ status: 201, json: { secret: expect.any(String) } });
  });

  test("is restored by the provider", async () => {
    const { browser } = await signedIn();
    const { id } = await me(browser);
    expect((await browser.sendJson("DELETE", apiUrl("/me"), {})).status).toBe(202);

    const refused = await signedIn();
    expect(refused.arrival.status).toBe(403);
    const { json } = await browser.sendJson("POST", apiUrl("/me/restore/oidc"), {
      returnTo: "/docs",
    });
    await browser.visit(String(json["authorizationUrl"]));

    expect((await me(browser)).id).toBe(id);
  });
});

describe("POST /me/oidc", () => {
  const path = () => `${world().url}/api/v1/me/oidc`;

  async function member() {
    const browser = new CookieBrowser();
    const credentials = { username: `u.${newId()}`, password: "seven-purple-owls" };
    const { json } = await browser.sendJson("POST", `${world().url}/api/v1/register`, credentials);
    return { browser, id: json["id"], credentials };
  }

  const begin = async (browser: CookieBrowser) =>
    browser.sendJson("POST", path(), { password: "seven-purple-owls", returnTo: "/docs" });

  test("links the account of the one who is signed in, which the provider then signs in to", async () => {
    const { browser, id } = await member();

    const { json } = await begin(browser);
    const arrival = await browser.visit(String(json["authorizationUrl"]));

    expect([arrival.status, arrival.url.pathname]).toEqual([200, "/docs"]);
    const shown = await browser.send(path());
    expect(await shown.json()).toMatchObject({
      issuer: issuer.url,
      linkedAt: expect.stringMatching(/Z$/),
    });
    expect((await me((await signedIn()).browser)).id).toBe(id);
  });

  test("is refused without the password, and from another browser's session", async () => {
    const [{ browser }, other] = [await member(), await member()];
    const refused = await browser.sendJson("POST", path(), { password: "not this one" });
    expect(refused.json["code"]).toBe("reauthentication-failed");

    const { json } = await begin(browser);
    browser.forget(/^stowage_session/);
    await browser.sendJson("POST", `${world().url}/api/v1/login`, other.credentials);
    const arrival = await browser.visit(String(json["authorizationUrl"]));

    expect(arrival.status).toBe(400);
    const shown = await browser.send(path());
    expect(await shown.json()).toMatchObject({ linkedAt: null });
  });

  test("links no person with two accounts, and no account with two people", async () => {
    const { browser } = await member();
    await browser.visit(String((await begin(browser)).json["authorizationUrl"]));
    const other = await member();

    const person = await other.browser.visit(
      String((await begin(other.browser)).json["authorizationUrl"]),
    );
    issuer.subject = newId();
    browser.forget(/^_/);
    const account = await browser.visit(String((await begin(browser)).json["authorizationUrl"]));

    expect([person.status, account.status]).toEqual([409, 409]);
  });

  test("is undone by DELETE, but not while the account has no password", async () => {
    const { browser } = await member();
    await browser.visit(String((await begin(browser)).json["authorizationUrl"]));

    const undone = await browser.sendJson("DELETE", path(), { password: "seven-purple-owls" });
    const again = await browser.sendJson("DELETE", path(), { password: "seven-purple-owls" });
    const { browser: without } = await signedIn();
    const refused = await without.sendJson("DELETE", path(), {});

    expect([undone.status, again.status]).toEqual([204, 404]);
    expect([refused.status, refused.json["code"]]).toEqual([409, "only-sign-in"]);
  });
});
