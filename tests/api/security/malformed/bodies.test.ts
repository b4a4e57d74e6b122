import { beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { somebody } from "../../../support/client.js";
import type { Client } from "../../../support/client.js";
import { isLong } from "../../../support/long.js";
import { useWorld } from "../../../support/use-world.js";
import { BODIES, type BodyRow } from "./bodies.js";

// Every wrong password of this file comes from one address.
const world = useWorld({
  freeSignInFailures: 1_000_000,
  freeSignInFailuresPerAccount: 1_000_000,
  freeSignInFailuresPerAddress: 1_000_000,
});

let admin: Client;

beforeAll(async () => {
  admin = await world().person("admin");
});

const JSON_TYPE = { "Content-Type": "application/json" };

/** Sends the very bytes: nothing between parses or repairs them. */
async function send({ method, path, body }: BodyRow) {
  const answer = await fetch(`${world().url}/api/v1${path}`, {
    method,
    headers: { ...JSON_TYPE, Cookie: admin.cookie },
    body,
  });
  const { code } = (await answer.json()) as { code: string };
  return { status: answer.status, code, cookies: answer.headers.getSetCookie() };
}

const everything = async () => {
  const { db } = world().mongo;
  const names = ["accounts", "credentials", "factors", "invitations", "oidcIdentities"];
  return Promise.all(names.map((name) => db.collection(name).find().toArray()));
};

/** A text that nobody can have been given is no more than a wrong one. */
const isRefusal = ({ title }: BodyRow, status: number, code: string) =>
  (status === 400 && ["invalid-request", "malformed-body"].includes(code)) ||
  (status === 413 && code === "content-too-large") ||
  (title.endsWith("surrogate") && [401, 403, 404].includes(status));

/** All rows of an operation are one test: they are many, and each is told by its title. */
const operations = [...new Set(BODIES.map(({ method, path }) => `${method} ${path}`))];

describe("A malformed body", () => {
  test("comes in more than 500 forms", () => {
    expect(BODIES.length).toBeGreaterThan(500);
  });

  test.each(operations)("of %s is refused, and changes nothing", async (operation) => {
    const rows = BODIES.filter(({ method, path }) => operation === `${method} ${path}`);
    const before = await everything();

    const wrong = [];
    for (const row of rows) {
      const { status, code, cookies } = await send(row);
      if (!isRefusal(row, status, code) || cookies.length > 0)
        wrong.push([row.title, status, code]);
    }

    expect(wrong).toEqual([]);
    expect(await everything()).toEqual(before);
  });
});

/** What the reader of JSON refuses before it knows what the body is about. */
function isUnreadable(body: unknown): boolean {
  const text = JSON.stringify(body);
  return text.includes("\uFFFD") || /"__[^"]*":/.test(text) || depthOf(body) > 32;
}

function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

test("POST /login refuses any object as a passkey, as malformed only where the JSON itself is", async () => {
  const { username, password } = somebody();
  const visitor = world().visitor();
  await visitor.post("/api/v1/register", { username, password });
  const passkeys = fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue({ maxDepth: 6 }));
  const nested = fc.nat(40).map((depth) => {
    const text = `${'{"a":'.repeat(depth)}{}${"}".repeat(depth)}`;
    return JSON.parse(text) as object;
  });
  const named = fc.constantFrom("__proto__x", "_a", "a__", "\uFFFD", "$where", "constructor");
  const odd = fc.tuple(named, fc.jsonValue()).map(([name, value]) => ({ [name]: value }));

  await fc.assert(
    fc.asyncProperty(fc.oneof(passkeys, nested, odd), async (passkey) => {
      const body = { username, password: "not this one", passkey };
      const { status, json } = await world().visitor().post("/api/v1/login", body);
      const expected = isUnreadable(body) ? [400, "malformed-body"] : [401, "invalid-credentials"];
      expect([status, json.code]).toEqual(expected);
    }),
    { numRuns: isLong ? 2000 : 200 },
  );
}, 120_000);
