import { createServer, type RequestListener } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "@jest/globals";
import { busyPerson } from "../../support/busy-person.js";
import { CookieBrowser } from "../../support/cookie-browser.js";
import { mentionsInDb } from "../../support/mentions.js";
import { OidcIssuer } from "../../support/oidc-issuer.js";
import { freePort } from "../../support/processes.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld({ oidcClientId: "stowage", accountDeletionGraceMs: 0 });
const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A web process whose provider is at a port. */
async function webWith(issuerPort: number, settings: object = {}) {
  const port = await freePort();
  const oidcIssuer = `http://127.0.0.1:${issuerPort}`;
  const url = await world().addWeb({ port, oidcIssuer, ...settings });
  const start = async (clientSecret?: string) => {
    const redirectUri = `${url}/api/v1/login/oidc/callback`;
    const issuer = await OidcIssuer.start(redirectUri, { port: issuerPort, clientSecret });
    closing.push(() => issuer.close());
    return issuer;
  };
  return { url, login: `${url}/api/v1/login/oidc`, start };
}

/** Something that answers as it likes. */
async function answering(listener: RequestListener): Promise<number> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  return (server.address() as AddressInfo).port;
}

async function refusal(login: string) {
  const response = await new CookieBrowser().send(login, {
    headers: { Accept: "application/json" },
  });
  const json = (await response.json()) as { code: string; detail: string };
  return { status: response.status, headers: response.headers, ...json };
}

describe("An OpenID provider", () => {
  test("that is away is 503 with a sentence, and is asked again when it is back", async () => {
    const { url, login, start } = await webWith(await freePort());

    const away = await refusal(login);
    expect([away.status, away.code]).toEqual([503, "unavailable"]);
    expect(away.detail).toMatch(/provider does not answer/);
    expect(away.headers.get("retry-after")).toBe("10");
    const visitor = world().visitor(url);
    expect((await visitor.get("/api/v1/me")).status).toBe(401);

    const issuer = await start();
    issuer.people.set(issuer.subject, {});
    expect((await new CookieBrowser().send(login)).status).toBe(302);
  });

  test.each<[string, RequestListener]>([
    ["answers 500", (_req, res) => res.writeHead(500).end()],
    ["answers something else", (_req, res) => res.end("<html>hello</html>")],
    [
      "says that it is another",
      (_req, res) => {
        res.setHeader("Content-Type", "application/json");
        res.end(
          JSON.stringify({
            issuer: "https://other.example",
            authorization_endpoint: "https://other.example/a",
          }),
        );
      },
    ],
    ["breaks the connection", (req) => req.socket.destroy()],
  ])("that %s is 503", async (_title, listener) => {
    const { login } = await webWith(await answering(listener));

    expect((await refusal(login)).status).toBe(503);
  });

  test("that redirects is not followed", async () => {
    const asked: unknown[] = [];
    const elsewhere = await answering((req, res) => {
      asked.push(req.url);
      res.end("{}");
    });
    const { login } = await webWith(
      await answering((_req, res) => {
        res.writeHead(302, { Location: `http://127.0.0.1:${elsewhere}/` }).end();
      }),
    );

    expect((await refusal(login)).status).toBe(503);
    expect(asked).toEqual([]);
  });
});

describe("Without OIDC_ISSUER", () => {
  test("there is no single sign-on", async () => {
    const member = await world().member();

    expect((await refusal(`${world().url}/api/v1/login/oidc`)).status).toBe(404);
    expect((await member.get("/api/v1/me/oidc")).status).toBe(404);
    expect((await member.post("/api/v1/me/oidc", { password: "seven-purple-owls" })).status).toBe(
      404,
    );
    expect((await member.post("/api/v1/me/restore/oidc", {})).status).toBe(404);
  });
});

describe("OIDC_REGISTRATION=existing", () => {
  test("lets nobody in whose account is not linked, and makes no account", async () => {
    const clientSecret = "a secret that both sides know";
    const web = await webWith(await freePort(), { oidcClientSecret: clientSecret });
    const issuer = await web.start(clientSecret);
    issuer.people.set(issuer.subject, { preferred_username: "newcomer" });
    const accounts = world().mongo.db.collection("accounts");
    const before = await accounts.countDocuments();

    const arrival = await new CookieBrowser().visit(web.login);

    expect(arrival.status).toBe(403);
    expect(arrival.text).toContain("not-admitted");
    expect(await accounts.countDocuments()).toBe(before);
  });
});

describe("A purge", () => {
  test("removes the link with the provider too", async () => {
    const { id, credentials, client } = await busyPerson(world());
    const identities = world().mongo.db.collection<{ _id: string }>("oidcIdentities");
    await identities.insertOne({ _id: "x", accountId: id } as never);

    await client.send("DELETE", "/api/v1/me", { password: credentials.password });
    await world().settle();

    expect(await mentionsInDb(world().mongo.db, [id])).toEqual([]);
  });
});
