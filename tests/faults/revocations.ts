import { newId } from "../../common/platform/ids.js";
import type { Answer } from "../support/client.js";
import { Client, somebody } from "../support/client.js";
import { CookieBrowser } from "../support/cookie-browser.js";

/** Where something is revoked, and where it must be known then. */
export interface Stage {
  readonly here: string;
  readonly there: string;
  readonly admin: Client;
}

interface Revocation {
  /** What the other web process is asked, with what is to be revoked. */
  readonly ask: () => Promise<{ readonly status: number; readonly json?: { code?: string } }>;
  /** What the first web process is asked to do. */
  readonly revoke: () => Promise<{ readonly status: number }>;
}

type Row = readonly [
  title: string,
  begin: (stage: Stage) => Promise<Revocation>,
  expected: readonly [status: number, code: string | undefined],
];

const ME = "/api/v1/me";
const { password } = somebody();
const SCOPES = ["account:read", "files:read", "files:write"];

/** Somebody with an account, signed in at the first process, and again as another browser. */
async function person({ here }: Stage) {
  const credentials = somebody();
  const [client, elsewhere] = [new Client(here), new Client(here)];
  await client.post("/api/v1/register", credentials);
  await elsewhere.post("/api/v1/login", credentials);
  const { id } = (await client.get(ME)).json;
  return { client, elsewhere, id, credentials };
}

const withCookie = ({ there }: Stage, client: Client) =>
  new Client(there, { Cookie: client.cookie });
const withKey = (stage: Stage, key: string) => Client.bearer(stage.there, key);

async function tokensOf(stage: Stage, client: Client) {
  const { accessToken, refreshToken } = (await client.post("/api/v1/tokens", {})).json;
  const [family] = (await client.get("/api/v1/tokens")).json.items;
  return { bearer: Client.bearer(stage.there, accessToken), refreshToken, familyId: family?.id };
}

const asks = (client: Client) => () => client.get(ME);
const writes = (client: Client) => () => client.put(`/api/v1/files?name=${newId()}`, "content");

/** One row for the session, the key and the token of an account that something happens to. */
function eachCredential(
  title: string,
  happens: (stage: Stage, person: Awaited<ReturnType<typeof begun>>) => Promise<Answer>,
  ends: readonly ("session" | "key" | "token")[],
): Row[] {
  return ends.map((kind) => [
    `a ${kind}, when ${title}`,
    async (stage) => {
      const somebodyElse = await begun(stage);
      const { elsewhere, key, bearer } = somebodyElse;
      const asked = {
        session: withCookie(stage, elsewhere),
        key: withKey(stage, key),
        token: bearer,
      };
      return { ask: asks(asked[kind]), revoke: () => happens(stage, somebodyElse) };
    },
    [401, kind === "session" ? "unauthenticated" : "invalid-token"],
  ]);
}

async function begun(stage: Stage) {
  const one = await person(stage);
  const { key, id: keyId } = await one.client.makeKey(SCOPES);
  return { ...one, key, keyId, ...(await tokensOf(stage, one.elsewhere)) };
}

const change = ({ admin }: Stage, id: string, body: object) =>
  admin.patch(`/api/v1/admin/accounts/${id}`, body);

/** A person at the OpenID provider, whose account is linked at the first process. */
async function linked(stage: Stage): Promise<Revocation> {
  const browser = new CookieBrowser();
  await browser.sendJson("POST", `${stage.here}/api/v1/register`, somebody());
  const path = `${stage.here}/api/v1/me/oidc`;
  const { json } = await browser.sendJson("POST", path, { password, returnTo: "/docs" });
  await browser.visit(String(json["authorizationUrl"]));
  return {
    // Each time as a browser that the product does not know.
    ask: () => new CookieBrowser().visit(`${stage.there}/api/v1/login/oidc?returnTo=/docs`),
    revoke: () => browser.sendJson("DELETE", path, { password }),
  };
}

/** Everything that can be revoked, and what a request with it is answered with afterwards. */
export const REVOCATIONS: readonly Row[] = [
  [
    "a session that signs out",
    async (stage) => {
      const { client } = await person(stage);
      const ask = asks(withCookie(stage, client));
      return { ask, revoke: () => client.post("/api/v1/logout") };
    },
    [401, "unauthenticated"],
  ],
  [
    "a session that another one ends",
    async (stage) => {
      const { client, elsewhere } = await person(stage);
      const { items } = (await elsewhere.get("/api/v1/sessions")).json;
      const own = items.find((item) => (item as { isCurrent?: boolean }).isCurrent);
      const revoke = () => client.delete(`/api/v1/sessions/${own?.id}`);
      return { ask: asks(withCookie(stage, elsewhere)), revoke };
    },
    [401, "unauthenticated"],
  ],
  ...eachCredential(
    "all other sessions are ended",
    (_stage, { client }) => client.delete("/api/v1/sessions"),
    ["session"],
  ),
  ...eachCredential(
    "its token family is revoked",
    (_stage, { client, familyId }) => client.delete(`/api/v1/tokens/${familyId}`),
    ["token"],
  ),
  [
    "a refresh token, when its family is revoked",
    async (stage) => {
      const { client } = await person(stage);
      const { refreshToken, familyId } = await tokensOf(stage, client);
      const other = new Client(stage.there);
      let token = refreshToken;
      const ask = async () => {
        const answer = await other.post("/api/v1/tokens/refresh", { refreshToken: token });
        token = answer.status === 200 ? answer.json.refreshToken : token;
        return answer;
      };
      return { ask, revoke: () => client.delete(`/api/v1/tokens/${familyId}`) };
    },
    [401, "invalid-token"],
  ],
  ...eachCredential(
    "it is revoked",
    (_stage, { client, keyId }) => client.delete(`/api/v1/api-keys/${keyId}`),
    ["key"],
  ),
  [
    "a scope that is taken from a key",
    async (stage) => {
      const { client } = await person(stage);
      const { id, key } = await client.makeKey(SCOPES);
      const revoke = () => client.patch(`/api/v1/api-keys/${id}`, { scopes: ["account:read"] });
      return { ask: writes(withKey(stage, key)), revoke };
    },
    [403, "insufficient-scope"],
  ],
  ...eachCredential(
    "its account is disabled",
    (stage, { id }) => change(stage, id, { isDisabled: true }),
    ["session", "key", "token"],
  ),
  ...eachCredential(
    "its account is to be deleted",
    (_stage, { client }) => client.send("DELETE", ME, { password }),
    ["session", "key", "token"],
  ),
  ...eachCredential(
    "an admin ends all sessions of its account",
    ({ admin }, { id }) => admin.delete(`/api/v1/admin/accounts/${id}/sessions?keys=true`),
    ["session", "key", "token"],
  ),
  ...eachCredential(
    "the password is changed",
    (_stage, { client }) => {
      const body = { currentPassword: password, newPassword: "correct horse battery staple" };
      return client.send("PUT", "/api/v1/me/password", body);
    },
    ["session", "token"],
  ),
  ...(["session", "key"] as const).map<Row>((kind) => [
    `the right of a ${kind} to write, when the role is lowered`,
    async (stage) => {
      const { client, id } = await person(stage);
      const { key } = await client.makeKey(SCOPES);
      const asked = { session: withCookie(stage, client), key: withKey(stage, key) };
      return { ask: writes(asked[kind]), revoke: () => change(stage, id, { role: "viewer" }) };
    },
    [403, "insufficient-scope"],
  ]),
  [
    "the right of an admin to manage, when the role is lowered",
    async (stage) => {
      const { client, id } = await person(stage);
      await change(stage, id, { role: "admin" });
      const ask = () => withCookie(stage, client).get("/api/v1/admin/accounts");
      return { ask, revoke: () => change(stage, id, { role: "member" }) };
    },
    [403, "insufficient-scope"],
  ],
  ["the link with a person at the OpenID provider", linked, [403, undefined]],
];
