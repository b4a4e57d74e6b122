import { beforeEach, describe, expect, test } from "@jest/globals";
import { newId } from "../../../common/platform/ids.js";
import { CookieBrowser } from "../../support/cookie-browser.js";
import { useOidcWorld } from "../../support/oidc-world.js";

const { issuer, world } = await useOidcWorld({
  oidcRoleClaim: "groups",
  oidcRoleMap: "bosses=admin,staff=member",
  oidcDefaultRole: "viewer",
});

beforeEach(() => {
  issuer.subject = newId();
  issuer.people.set(issuer.subject, { preferred_username: `p.${newId()}`, groups: ["staff"] });
});

const LOGIN = () => `${world().url}/api/v1/login/oidc`;
const isCallback = ({ pathname }: URL) => pathname.endsWith("/callback");

async function me(browser: CookieBrowser) {
  const response = await browser.send(`${world().url}/api/v1/me`);
  return (await response.json()) as { id: string; username: string; role: string };
}

const knows = (claims: Record<string, unknown>) =>
  issuer.people.set(issuer.subject, { ...issuer.people.get(issuer.subject), ...claims });

async function signedIn() {
  const browser = new CookieBrowser();
  const arrival = await browser.visit(`${LOGIN()}?returnTo=/docs`);
  return { browser, arrival };
}

describe("GET /login/oidc", () => {
  test("signs a new person in, with the username and the role that the provider tells, and leads back", async () => {
    const { browser, arrival } = await signedIn();

    expect([arrival.status, arrival.url.pathname]).toEqual([200, "/docs"]);
    expect(await me(browser)).toMatchObject({
      username: issuer.people.get(issuer.subject)?.["preferred_username"],
      role: "member",
    });
    expect(browser.cookie).not.toContain("stowage_oidc");
  });

  test("signs in to the same account again, whatever name and address the provider tells by then", async () => {
    const { id } = await me((await signedIn()).browser);
    knows({ preferred_username: `other.${newId()}`, email: "other@example.com" });

    expect((await me((await signedIn()).browser)).id).toBe(id);
  });

  test("never takes over an account of the same username: another name is found", async () => {
    const { username } = await (await world().member()).register();
    knows({ preferred_username: username });

    const account = await me((await signedIn()).browser);

    expect(account.username).toBe(`${username}-2`);
  });

  test("makes one account when a new person signs in many times at once", async () => {
    const browsers = await Promise.all(Array.from({ length: 5 }, signedIn));

    const accounts = await Promise.all(browsers.map(({ browser }) => me(browser)));

    expect(new Set(accounts.map(({ id }) => id)).size).toBe(1);
  });

  test("takes the role from the claim at each sign-in, the highest, and the default without one", async () => {
    const roles: (string | undefined)[] = [];
    for (const groups of [["bosses", "staff"], ["staff"], [], "bosses"]) {
      knows({ groups });
      roles.push((await me((await signedIn()).browser)).role);
    }

    expect(roles[0]).toBe("admin");
    // The last admin of a server stays one.
    expect(roles.slice(1)).toEqual(["admin", "admin", "admin"]);
    await world().person("admin");
    knows({ groups: [] });
    expect((await me((await signedIn()).browser)).role).toBe("viewer");
  });

  test.each([
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/a\tb",
    "/%0d%0a\nb",
    "javascript:alert(1)",
    "docs",
  ])("leads back to no other place than a path of its own: not to %j", async (returnTo) => {
    const query = new URLSearchParams({ returnTo });

    const response = await new CookieBrowser().send(`${LOGIN()}?${query.toString()}`);

    expect(response.status).toBe(400);
  });

  test("signs nobody in with a password who has none", async () => {
    const { username } = await me((await signedIn()).browser);

    for (const password of ["seven-purple-owls", "undefined", " ".repeat(8)]) {
      const answer = await world().visitor().post("/api/v1/login", { username, password });
      expect([answer.status, answer.json.code]).toEqual([401, "invalid-credentials"]);
    }
  });

  test("is refused to a disabled account, with a page for people", async () => {
    const { id } = await me((await signedIn()).browser);
    await world().services.accountAdministration.change(id, { isDisabled: true });

    const { arrival } = await signedIn();

    expect(arrival.status).toBe(403);
    expect(arrival.text).toMatch(/account-disabled|disabled this account/);
    await world().services.accountAdministration.change(id, { isDisabled: false });
  });
});

describe("The way back", () => {
  /** As far as the provider's answer, which is not delivered. */
  async function atTheDoor() {
    const browser = new CookieBrowser();
    const { url } = await browser.visit(LOGIN(), isCallback);
    return { browser, url };
  }

  test("counts once", async () => {
    const { browser, url } = await atTheDoor();

    expect((await browser.send(url.href)).status).toBe(302);
    const again = await browser.send(url.href);

    expect([again.status, await again.text()]).toEqual([
      400,
      expect.stringContaining("single-sign-on-failed"),
    ]);
  });

  test("is closed to another browser than the one that has begun", async () => {
    const { url } = await atTheDoor();

    const stranger = new CookieBrowser();
    const other = (await atTheDoor()).browser;

    for (const browser of [stranger, other]) {
      expect((await browser.send(url.href)).status).toBe(400);
      expect((await browser.send(`${world().url}/api/v1/me`)).status).toBe(401);
    }
  });

  test.each<[string, (url: URL) => void]>([
    [
      "another state",
      ({ searchParams }) => {
        searchParams.set("state", "forged");
      },
    ],
    [
      "no state",
      ({ searchParams }) => {
        searchParams.delete("state");
      },
    ],
    [
      "another code",
      ({ searchParams }) => {
        searchParams.set("code", "forged");
      },
    ],
    [
      "no code",
      ({ searchParams }) => {
        searchParams.delete("code");
      },
    ],
    [
      "another issuer",
      ({ searchParams }) => {
        searchParams.set("iss", "https://evil.example");
      },
    ],
    [
      "nothing at all",
      (url) => {
        url.search = "";
      },
    ],
    [
      "two codes",
      ({ searchParams }) => {
        searchParams.append("code", "second");
      },
    ],
  ])("is refused with %s, and signs nobody in", async (_title, change) => {
    const { browser, url } = await atTheDoor();
    change(url);

    const response = await browser.send(url.href);

    expect(response.status).toBe(400);
    expect((await browser.send(`${world().url}/api/v1/me`)).status).toBe(401);
  });

  test("says that the provider has refused", async () => {
    const { browser, url } = await atTheDoor();
    url.searchParams.delete("code");
    url.searchParams.set("error", "access_denied");

    const response = await browser.send(url.href, { headers: { Accept: "application/json" } });

    expect(await response.text()).toContain("The OpenID provider has refused the sign-in");
  });

  test("is closed with a cookie that somebody has changed", async () => {
    const { browser, url } = await atTheDoor();
    const cookie = browser.cookie.replace(
      /stowage_oidc=[^;]{20}/,
      "stowage_oidc=" + "A".repeat(20),
    );

    const response = await fetch(url, { headers: { Cookie: cookie }, redirect: "manual" });

    expect(response.status).toBe(400);
  });
});
