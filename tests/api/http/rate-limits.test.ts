import { setTimeout } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import { eventually } from "../../support/eventually.js";
import type { Client } from "../../support/client.js";
import { listRoutes } from "../../support/routes.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld({
  trustProxyHops: 1,
  rateLimitPerAddress: 60,
  rateLimitPerCredential: 20,
  rateLimitPerAccount: 30,
  rateLimitSignInsPerAddress: 5,
  rateLimitUploadsPerCredential: 3,
  rateLimitSearchesPerCredential: 4,
});

/** Each client has an address of its own, unless a test shares one. */
let clients = 0;
const nextAddress = () => `2001:db8:9:${(clients += 1).toString(16)}::1`;
const from = (address: string) => ({ "X-Forwarded-For": address });

async function member(address = nextAddress(), url = world().url) {
  const client = world().visitor(url);
  const body = { username: `u.${crypto.randomUUID()}`, password: "seven-purple-owls" };
  const { status } = await client.post("/api/v1/register", body, from(address));
  expect(status).toBe(201);
  return client;
}

/** The statuses of the same request several times. */
async function repeat(times: number, send: () => Promise<{ readonly status: number }>) {
  const statuses: number[] = [];
  for (let n = 0; n < times; n += 1) statuses.push((await send()).status);
  return statuses;
}

const ask = (client: Client, address: string) => () => client.get("/api/v1/me", from(address));
const times = (count: number, status: number) => Array<number>(count).fill(status);

describe("The rate limits", () => {
  test("answer 429 with the policy and Retry-After, to that credential alone", async () => {
    const client = await member("198.51.100.1");
    const neighbour = await member("198.51.100.1");

    const statuses = await repeat(20, ask(client, "198.51.100.1"));
    const refused = await client.get("/api/v1/me", from("198.51.100.1"));

    expect(statuses).toEqual(times(20, 200));
    expect(refused).toMatchObject({
      status: 429,
      json: {
        code: "too-many-requests",
        policy: "everything-credential",
        limit: 20,
        windowSeconds: 60,
      },
    });
    const seconds = Number(refused.headers["retry-after"]);
    expect(seconds).toBeGreaterThanOrEqual(1);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(refused.headers["ratelimit"]).toBe(`"everything-credential";r=0;t=${seconds}`);
    expect((await ask(neighbour, "198.51.100.1")()).status).toBe(200);
  });

  test("are told by every answer", async () => {
    const address = nextAddress();
    const client = await member(address);

    const { headers } = await client.get("/api/v1/me", from(address));
    const upload = await client.put("/api/v1/files?name=a", "x", from(address));

    expect(headers["ratelimit-policy"]).toBe(
      '"everything-address";q=60;w=60, "everything-credential";q=20;w=60, "everything-account";q=30;w=60',
    );
    expect(headers["ratelimit"]).toMatch(/^"everything-credential";r=19;t=(?:60|[1-5]?\d)$/);
    expect(upload.headers["ratelimit"]).toMatch(/^"upload-credential";r=2;t=/);
  });

  test("count an account over all its credentials", async () => {
    const body = { username: `u.${crypto.randomUUID()}`, password: "seven-purple-owls" };
    const [first, second] = [world().visitor(), world().visitor()];
    await first.post("/api/v1/register", body, from(nextAddress()));
    await second.post("/api/v1/login", body, from(nextAddress()));

    const statuses = [
      ...(await repeat(20, ask(first, nextAddress()))),
      ...(await repeat(11, ask(second, nextAddress()))),
    ];

    expect(statuses).toEqual([...times(30, 200), 429]);
  });

  test("count an address over all who send from there, signed in or not, but no probes", async () => {
    const address = "2001:db8:7:7::1";
    const neighbour = "2001:db8:7:7:ffff::2";

    const statuses = await repeat(60, () => world().visitor().get("/api/v1/me", from(address)));
    const refused = await world().visitor().get("/", from(neighbour));
    const probes = await repeat(3, () => world().visitor().get("/healthz", from(address)));

    expect(statuses).toEqual(times(60, 401));
    expect(refused.status).toBe(429);
    expect(refused.headers["ratelimit"]).toMatch(/^"everything-address";r=0;/);
    expect(probes).toEqual(times(3, 200));
  });

  test("count sign-ins, uploads and lists on their own", async () => {
    const address = nextAddress();
    const client = await member(address);
    const wrong = { username: "nobody-at-all", password: "seven-purple-owls" };

    const uploads = await repeat(4, () => client.put("/api/v1/files?name=b", "x", from(address)));
    const lists = await repeat(5, () => client.get("/api/v1/files", from(address)));
    const signIns = await repeat(5, () => client.post("/api/v1/login", wrong, from(address)));

    expect(uploads).toEqual([201, 200, 200, 429]);
    expect(lists).toEqual([...times(4, 200), 429]);
    // The registration was the first.
    expect(signIns).toEqual([...times(4, 401), 429]);
    expect((await ask(client, address)()).status).toBe(200);
  });

  test("are shared by all web processes, and begin anew when Redis is wiped", async () => {
    const address = nextAddress();
    const other = await world().addWeb();
    const client = await member(address);
    // Each from another address: those of the questions are counted, too.
    const there = (path: string) =>
      fetch(other + path, { headers: { ...from(nextAddress()), Cookie: client.cookie } });
    await repeat(20, ask(client, address));

    const isRefused = await eventually(
      async () => (await there("/api/v1/me")).status,
      (status) => status === 429,
    );
    const keys = await world().redis.keys(`${world().config.redisPrefix}:rate-limit:*`);
    await world().redis.del(keys);
    // A question counts as well: more of them in a second than the limit would use it up again.
    const askSlowly = async () => {
      await setTimeout(400);
      return (await there("/api/v1/me")).status;
    };
    const isBack = await eventually(askSlowly, (status) => status === 200);

    expect([isRefused, isBack]).toEqual([429, 200]);
  });

  test("are said by every route", () => {
    const routes = listRoutes(world());
    const costing = (cost: string) =>
      routes.filter((route) => route.cost === cost).map(({ path }) => path);

    expect(routes.filter(({ cost }) => cost === undefined)).toEqual([]);
    expect(new Set(costing("nothing"))).toEqual(new Set(["/healthz", "/readyz", "/metrics"]));
    expect(costing("sign-in")).toEqual(expect.arrayContaining(["/api/v1/login"]));
  });
});
