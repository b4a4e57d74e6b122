import { describe, expect, test } from "@jest/globals";
import type { AuditDoc } from "../../../common/audit/repository.js";
import type { CredentialDoc } from "../../../common/credentials/credential.js";
import { MOST_SESSIONS } from "../../../common/credentials/sessions.js";
import { newId } from "../../../common/platform/ids.js";
import { type Client, somebody } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";

const HOUR_MS = 3_600_000;
const world = useWorld({ sessionMaxAgeMs: HOUR_MS, sessionLifetimeMs: 3 * HOUR_MS });

const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/** Somebody who is signed in with several browsers. */
async function person(browsers: number): Promise<[Client, Client, ...Client[]]> {
  const credentials = somebody();
  const others = Array.from({ length: browsers - 2 }, () => world().visitor());
  const clients = [world().visitor(), world().visitor(), ...others] as const;
  for (const [index, client] of clients.entries()) {
    const path = index === 0 ? "/api/v1/register" : "/api/v1/login";
    await client.post(path, credentials, { "User-Agent": FIREFOX });
  }
  return [...clients];
}

const list = async (client: Client, query = "") =>
  (await client.get(`/api/v1/sessions${query}`)).json;

const statuses = (clients: readonly Client[]) =>
  Promise.all(clients.map(async (client) => (await client.get("/api/v1/me")).status));

const stored = () => world().mongo.db.collection<CredentialDoc>("credentials");
const currentId = async (client: Client) =>
  (await list(client)).items.find(({ isCurrent }) => isCurrent)?.id ?? "";

/** Lets time pass for all sessions of this world. */
async function age(ms: number): Promise<void> {
  const docs = await stored().find().toArray();
  for (const { _id, createdAt, expiresAt, lastUsedAt } of docs) {
    const earlier = (at: Date | null) => (at === null ? null : new Date(at.getTime() - ms));
    const times = { expiresAt: earlier(expiresAt), lastUsedAt: earlier(lastUsedAt) };
    const $set = { ...times, createdAt: new Date(createdAt.getTime() - ms) };
    await stored().updateOne({ _id }, { $set });
  }
  // An account is as old as its first session.
  await world()
    .mongo.db.collection("accounts")
    .updateMany({}, { $set: { sessionsValidFrom: new Date(0) } });
}

describe("GET /sessions", () => {
  test("answers 200 with where I am signed in, the latest first, and says which one this is", async () => {
    const [first, second] = await person(2);
    await world().member();

    const { items, nextCursor } = await list(first);

    expect(items).toEqual(
      [false, true].map((isCurrent) => ({
        id: expect.stringMatching(/^[\w-]{22}$/),
        device: { browser: "Firefox 140", system: "Linux" },
        addressPrefix: "127.0.0.0/24",
        createdAt: expect.any(String),
        lastUsedAt: expect.any(String),
        expiresAt: expect.any(String),
        methods: ["password"],
        isCurrent,
      })),
    );
    expect(nextCursor).toBeNull();
    expect((await list(second)).items.map(({ isCurrent }) => isCurrent)).toEqual([true, false]);
  });

  test("gives one page after the other, each session once", async () => {
    const [client] = await person(5);
    const all = (await list(client)).items.map(({ id }) => id);

    const paged: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const from: string = cursor === "" ? "" : `&cursor=${cursor}`;
      const page = await list(client, `?limit=2${from}`);
      paged.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }

    expect(all).toHaveLength(5);
    expect(paged).toEqual(all);
  });

  test("shows no session that is over", async () => {
    const [client, unused] = await person(2);
    await stored().updateOne(
      { _id: await currentId(unused) },
      { $set: { expiresAt: new Date(Date.now() - 1000) } },
    );

    expect((await list(client)).items).toHaveLength(1);
  });

  test.each(["?limit=0", "?cursor=abc", "?sort=name"])("answers 400 to %s", async (query) => {
    const client = await world().member();

    expect((await client.get(`/api/v1/sessions${query}`)).status).toBe(400);
  });

  test("answers 401 to one who is not signed in", async () => {
    expect((await world().visitor().get("/api/v1/sessions")).status).toBe(401);
  });
});

describe("DELETE /sessions/{id}", () => {
  test("answers 204, ends the session on every web process at once, and then 404", async () => {
    const [client, other] = await person(2);
    const id = await currentId(other);
    const url = await world().addWeb();
    const elsewhere = () => fetch(`${url}/api/v1/me`, { headers: { Cookie: other.cookie } });
    expect((await elsewhere()).status).toBe(200);

    expect((await client.delete(`/api/v1/sessions/${id}`)).status).toBe(204);

    expect((await elsewhere()).status).toBe(401);
    expect(await statuses([client, other])).toEqual([200, 401]);
    expect((await client.delete(`/api/v1/sessions/${id}`)).status).toBe(404);
  });

  test("may end the session of the request", async () => {
    const client = await world().member();

    expect((await client.delete(`/api/v1/sessions/${await currentId(client)}`)).status).toBe(204);

    expect(await statuses([client])).toEqual([401]);
  });

  test("answers 404 to the id of somebody else's session, of nothing, and of no session", async () => {
    const [client, other] = [await world().member(), await world().member()];

    const answers = await Promise.all(
      [await currentId(other), newId(), "x"].map((id) => client.delete(`/api/v1/sessions/${id}`)),
    );

    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
    expect(await statuses([other])).toEqual([200]);
  });
});

describe("DELETE /sessions", () => {
  test("answers 204 and ends all others, and nobody else's", async () => {
    const [client, ...others] = await person(4);
    const stranger = await world().member();

    expect((await client.delete("/api/v1/sessions")).status).toBe(204);

    expect(await statuses([client, ...others, stranger])).toEqual([200, 401, 401, 401, 200]);
    expect((await list(client)).items).toHaveLength(1);
    expect((await client.delete("/api/v1/sessions")).status).toBe(204);
  });
});

describe("a session", () => {
  test("has a new id after each sign-in", async () => {
    const credentials = somebody();
    const client = world().visitor();
    await client.post("/api/v1/register", credentials);
    const before = [await currentId(client), client.cookie];

    await client.post("/api/v1/login", credentials);

    const after = [await currentId(client), client.cookie];
    expect(after[0]).not.toBe(before[0]);
    expect(after[1]).not.toBe(before[1]);
    expect((await list(client)).items).toHaveLength(1);
  });

  test("is over when it was not used for its idle time", async () => {
    const client = await world().member();
    await age(HOUR_MS - 60_000);
    expect(await statuses([client])).toEqual([200]);

    await age(HOUR_MS);

    expect(await statuses([client])).toEqual([401]);
  });

  test("is over at the end of its lifetime, however much it is used", async () => {
    const client = await world().member();

    const seen: number[] = [];
    for (let step = 0; step < 5; step += 1) {
      await age(0.7 * HOUR_MS);
      seen.push(...(await statuses([client])));
    }

    expect(seen).toEqual([200, 200, 200, 200, 401]);
  });

  test("ends when it was unused for longest and 100 others of its account are there", async () => {
    const credentials = somebody();
    const [first, second] = [world().visitor(), world().visitor()];
    await first.post("/api/v1/register", credentials);
    await second.post("/api/v1/login", credentials);
    // The first one is used a while after the second.
    await age(120_000);
    await first.get("/api/v1/me");

    for (let count = 2; count <= MOST_SESSIONS; count += 1) {
      await world().visitor().post("/api/v1/login", credentials);
    }

    expect(await statuses([first, second])).toEqual([200, 401]);
    expect((await list(first, "?limit=1000")).items).toHaveLength(MOST_SESSIONS);
  });

  test("stands in the audit log from its begin to its end", async () => {
    const [client, other] = await person(2);
    const [id, currently] = [await currentId(other), await currentId(client)];
    await client.delete(`/api/v1/sessions/${id}`);

    const events = await world()
      .mongo.db.collection<AuditDoc>("auditEvents")
      .find({ "target.id": id })
      .sort({ at: 1 })
      .toArray();

    expect(events).toMatchObject([
      { action: "session.create", outcome: "success", target: { kind: "session" } },
      {
        action: "session.end",
        outcome: "success",
        actor: { credentialKind: "session", credentialId: currently },
      },
    ]);
  });
});
