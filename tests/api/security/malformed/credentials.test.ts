import { beforeAll, describe, expect, test } from "@jest/globals";
import { newId } from "../../../../common/platform/ids.js";
import type { CredentialDoc } from "../../../../common/credentials/credential.js";
import type { Client } from "../../../support/client.js";
import { checkResponse } from "../../../support/openapi/response-checker.js";
import type { RawAnswer } from "../../../support/raw-client.js";
import { useWorld } from "../../../support/use-world.js";
import { Person } from "../../tokens/person.js";
import { TokenForge } from "./access-tokens.js";
import { CREDENTIALS } from "./credentials.js";
import type { Cookie, Stash } from "./stash.js";

const world = useWorld();

let stash: Stash;

beforeAll(async () => {
  const person = await Person.register(world());
  const { accessToken, refreshToken } = await person.tokens();
  const { browser } = person;
  const [disabled, ended] = [await world().member(), await world().member()];
  const foreign = await world().addWeb({ sessionSecrets: ["another secret of 32 characters.."] });
  stash = {
    forge: new TokenForge(accessToken, world().config.sessionSecrets),
    refreshToken,
    username: person.credentials.username,
    key: (await browser.makeKey(SCOPES)).key,
    revokedKey: await revoked(browser),
    expiredKey: await expired(browser),
    keyOfDisabled: (await disabled.makeKey(SCOPES)).key,
    keyFromElsewhere: (await browser.makeKey(SCOPES, { addressRanges: ["192.0.2.0/24"] })).key,
    session: cookieOf(browser),
    otherSession: cookieOf(await world().member()),
    endedSession: cookieOf(ended),
    sessionOfDisabled: cookieOf(disabled),
    foreignSession: cookieOf(await world().member(foreign)),
  };
  await world().disable(disabled);
  await ended.post("/api/v1/logout");
});

const SCOPES = ["account:read", "files:read", "files:write"];

async function revoked(owner: Client): Promise<string> {
  const { id, key } = await owner.makeKey(SCOPES);
  await owner.delete(`/api/v1/api-keys/${id}`);
  return key;
}

async function expired(owner: Client): Promise<string> {
  const { id, key } = await owner.makeKey(SCOPES);
  await world()
    .mongo.db.collection<CredentialDoc>("credentials")
    .updateOne({ _id: id }, { $set: { details: { expiresAt: new Date(0) } } });
  return key;
}

function cookieOf({ cookie }: Client): Cookie {
  const [, id = "", sig = ""] =
    /^stowage_session=(.*); stowage_session\.sig=(.*)$/.exec(cookie) ?? [];
  return { id, sig };
}

interface Door {
  readonly method: string;
  readonly path: string;
  readonly fields?: readonly string[];
  readonly body?: string;
}

const TUS = "Tus-Resumable: 1.0.0";
const PIECE = [TUS, "Content-Type: application/offset+octet-stream", "Upload-Offset: 0"];
const FORM =
  '--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\na\r\n--b--\r\n';
const upload = `/api/v1/uploads/${newId()}`;

/** Every way in that takes credentials. */
const DOORS: readonly Door[] = [
  { method: "GET", path: "/api/v1/me" },
  { method: "GET", path: "/api/me" },
  {
    method: "POST",
    path: "/api/v1/folders",
    fields: ["Content-Type: application/json"],
    body: '{"name":"a","parentId":"root"}',
  },
  {
    method: "PUT",
    path: "/api/v1/files?name=a",
    fields: ["Content-Type: application/octet-stream"],
    body: "content",
  },
  {
    method: "POST",
    path: "/api/v1/files",
    fields: ["Content-Type: multipart/form-data; boundary=b"],
    body: FORM,
  },
  { method: "POST", path: "/api/v1/uploads", fields: [TUS, "Upload-Length: 5"] },
  { method: "HEAD", path: upload, fields: [TUS] },
  { method: "PATCH", path: upload, fields: PIECE, body: "hello" },
  { method: "DELETE", path: upload, fields: [TUS] },
  { method: "GET", path: `/api/v1/files/${newId()}`, fields: ["Range: bytes=0-1"] },
  { method: "HEAD", path: `/api/v1/files/${newId()}` },
];

/** It asks for no credential, and fails at none. */
const FREE: Door = { method: "OPTIONS", path: "/api/v1/uploads" };

async function knock(door: Door, credential: readonly string[]): Promise<RawAnswer> {
  const { method, path, fields = [], body = "" } = door;
  const length = body === "" ? [] : [`Content-Length: ${body.length}`];
  const head = ["Host: a", "Connection: close", ...length, ...fields, ...credential];
  const raw = await world().raw();
  return raw
    .send(Buffer.from([`${method} ${path} HTTP/1.1`, ...head, "", body].join("\r\n"), "latin1"))
    .closed();
}

const nameOf = ({ method, path }: Door) => `${method} ${path}`;

/** Whether an answer sets no cookie. It may take away one whose signature is wrong. */
const setsNothing = ({ text }: RawAnswer) =>
  [...text.matchAll(/^set-cookie: (.*)\r$/gim)].every(([, value = ""]) =>
    value.includes("expires=Thu, 01 Jan 1970"),
  );

/** All that two refusals of one kind at one door have in common. */
function likeness({ method }: Door, { status, headers, body, text }: RawAnswer) {
  const names = Object.keys(headers).filter((name) => name !== "set-cookie");
  const problem = method === "HEAD" ? {} : (JSON.parse(body) as Record<string, unknown>);
  delete problem["requestId"];
  const challenges = [...text.matchAll(/^www-authenticate: (.*)\r$/gim)].map(([, value]) => value);
  return { status, names: names.sort(), challenges: challenges.join(", "), problem };
}

const SIGN_IN = 'Bearer realm="stowage", Cookie realm="stowage", cookie-name="stowage_session"';
const INVALID = /^Bearer realm="stowage", error="invalid_token", error_description="[ !#-[\]-~]+"$/;

interface Refusal {
  readonly outcome: "invalid-token" | "unauthenticated";
  /** What a request without any credential is answered with. */
  readonly plain: RawAnswer;
}

function expectRefusal(door: Door, answer: RawAnswer, { outcome, plain }: Refusal): void {
  const [given, none] = [likeness(door, answer), likeness(door, plain)];
  expect(setsNothing(answer)).toBe(true);
  if (outcome === "unauthenticated") expect(given).toEqual(none);
  else {
    expect([given.status, given.names]).toEqual([401, none.names]);
    expect(given.challenges).toMatch(INVALID);
    expect(given.problem["code"]).toBe(door.method === "HEAD" ? undefined : outcome);
  }
  checkResponse({
    method: door.method,
    path: new URL(door.path, "http://a").pathname,
    status: 401,
    headers: answer.headers,
    body: Buffer.from(answer.body, "latin1"),
  });
}

test("Without a credential, every door is 401 and says how to sign in", async () => {
  for (const door of DOORS) {
    const { status, challenges } = likeness(door, await knock(door, []));
    expect([nameOf(door), status, challenges]).toEqual([nameOf(door), 401, SIGN_IN]);
  }
});

test("The table has more than 200 rows, and its valid credentials are valid", async () => {
  expect(CREDENTIALS.length).toBeGreaterThan(200);
  const { key, username, session, forge } = stash;
  const basic = (text: string) => `Authorization: Basic ${btoa(text)}`;
  const cookie = `Cookie: stowage_session=${session.id}; stowage_session.sig=${session.sig}`;
  const valid = [
    [`Authorization: Bearer ${key}`],
    [`authorization: bEARER  ${key}`],
    [`Authorization: Bearer ${forge.valid}`],
    [`Authorization: BEARER ${await forge.signed({})}`],
    [basic(`${username}:${key}`)],
    [basic(`:${key}`).replace("Basic", "bASIC")],
    [cookie],
    // What a proxy in front asks for is not for us.
    [basic("proxy:password"), cookie],
    ["Authorization: Negotiate YII=", cookie],
  ];

  const statuses = [];
  for (const fields of valid) {
    statuses.push((await knock({ method: "GET", path: "/api/v1/me" }, fields)).status);
  }

  expect(statuses).toEqual(valid.map(() => 200));
});

describe("No door opens for", () => {
  test.each(CREDENTIALS)(
    "%s (%s)",
    async (_title, outcome, make) => {
      const credential = await make(stash);

      const expected = typeof outcome === "number" ? outcome : undefined;
      expect((await knock(FREE, credential)).status).toBe(expected ?? 204);
      for (const door of DOORS) {
        const [answer, plain] = await Promise.all([knock(door, credential), knock(door, [])]);
        if (typeof outcome !== "number") expectRefusal(door, answer, { outcome, plain });
        else expect([nameOf(door), answer.status]).toEqual([nameOf(door), outcome]);
      }
    },
    60_000,
  );
});
