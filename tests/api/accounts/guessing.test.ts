import { describe, expect, test } from "@jest/globals";
import { somebody } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld({ trustProxyHops: 1, freeSignInFailures: 3 });

const from = (address: string) => ({ "X-Forwarded-For": address });

/** Signs in with a wrong password as often as costs nothing. */
async function fail(username: string, address: string) {
  const statuses: number[] = [];
  for (let n = 0; n < 3; n += 1) {
    const body = { username, password: "wrong password" };
    statuses.push((await world().visitor().post("/api/v1/login", body, from(address))).status);
  }
  return statuses;
}

describe("POST /login after too many wrong passwords", () => {
  test("is answered 429 with Retry-After, also with the right password, and not from another address", async () => {
    const owner = somebody();
    await world().visitor().post("/api/v1/register", owner, from("192.0.2.1"));

    expect(await fail(owner.username, "198.51.100.1")).toEqual([401, 401, 401]);
    const refused = await world().visitor().post("/api/v1/login", owner, from("198.51.100.1"));
    const elsewhere = await world().visitor().post("/api/v1/login", owner, from("192.0.2.1"));

    expect(refused).toMatchObject({
      status: 429,
      headers: { "retry-after": "1" },
      json: { code: "too-many-attempts", retryAfterSeconds: 1 },
    });
    expect(refused.headers["set-cookie"]).toBeUndefined();
    expect(elsewhere.status).toBe(200);
  });

  test("has the same answer whether or not there is such an account", async () => {
    const owner = somebody();
    await world().visitor().post("/api/v1/register", owner, from("192.0.2.1"));
    const nobody = somebody();
    await fail(owner.username, "198.51.100.2");
    await fail(nobody.username, "198.51.100.3");

    const known = await world().visitor().post("/api/v1/login", owner, from("198.51.100.2"));
    const unknown = await world().visitor().post("/api/v1/login", nobody, from("198.51.100.3"));

    expect({ ...known.json, requestId: "" }).toEqual({ ...unknown.json, requestId: "" });
    expect(Object.keys(known.headers)).toEqual(Object.keys(unknown.headers));
  });
});

describe("The audit log", () => {
  test("has one line for all the refusals of an account at an address, and its owner reads it", async () => {
    const owner = somebody();
    const client = world().visitor();
    await client.post("/api/v1/register", owner, from("192.0.2.9"));
    await fail(owner.username, "198.51.100.9");

    const answers = await Promise.all(
      Array.from({ length: 5 }, () =>
        world().visitor().post("/api/v1/login", owner, from("198.51.100.9")),
      ),
    );

    expect(answers.map(({ status }) => status)).toEqual([429, 429, 429, 429, 429]);
    const { items } = (await client.get("/api/v1/me/audit?limit=100")).json as unknown as {
      items: { action: string; reason: string | null }[];
    };
    const refusals = items.filter(({ reason }) => reason === "too-many-attempts");
    expect(refusals).toMatchObject([{ action: "session.create", outcome: "failure" }]);
  });

  test("has such a line for a username that nobody has, of no account", async () => {
    const { username } = somebody();
    const events = world().mongo.db.collection<{ reason: string | null; accountId: string | null }>(
      "auditEvents",
    );
    const count = () => events.countDocuments({ reason: "too-many-attempts", accountId: null });
    await fail(username, "198.51.100.10");
    const before = await count();

    for (let n = 0; n < 3; n += 1) {
      const body = { username, password: "wrong password" };
      await world().visitor().post("/api/v1/login", body, from("198.51.100.10"));
    }

    expect((await count()) - before).toBe(1);
  });
});
