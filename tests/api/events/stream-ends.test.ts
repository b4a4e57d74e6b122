import { afterEach, describe, expect, test } from "@jest/globals";
import { BusyError } from "../../../common/platform/errors.js";
import { Client } from "../../support/client.js";
import { EventReader } from "../../support/event-reader.js";
import { nowOf } from "../../support/events.js";
import { eventually } from "../../support/eventually.js";
import { useWorld } from "../../support/use-world.js";

const MOST_STREAMS = 20;

const world = useWorld();
const EVENTS = "/api/v1/events";
const readers: EventReader[] = [];

afterEach(() => {
  for (const reader of readers.splice(0)) reader.close();
});

async function follow(headers: Record<string, string>, url = world().url) {
  const reader = await EventReader.open({ url, headers });
  readers.push(reader);
  expect(reader.status).toBe(200);
  return reader;
}

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

/** What ends a credential, and the header that it is sent in. */
const ENDINGS: readonly (readonly [
  string,
  (client: Client) => Promise<{ headers: Record<string, string>; end: () => Promise<unknown> }>,
])[] = [
  [
    "the session signs out",
    (client) =>
      Promise.resolve({
        headers: { Cookie: client.cookie },
        end: () => client.post("/api/v1/logout"),
      }),
  ],
  [
    "the API key is revoked",
    async (client) => {
      const { id, key } = await client.makeKey(["files:read"]);
      return { headers: bearer(key), end: () => client.delete(`/api/v1/api-keys/${id}`) };
    },
  ],
  [
    "the API key loses the scope",
    async (client) => {
      const { id, key } = await client.makeKey(["files:read"]);
      const end = () => client.patch(`/api/v1/api-keys/${id}`, { scopes: ["files:write"] });
      return { headers: bearer(key), end };
    },
  ],
  [
    "the tokens are revoked",
    async (client) => {
      const { accessToken } = (await client.post("/api/v1/tokens", {})).json;
      const [{ id } = { id: "" }] = (await client.get("/api/v1/tokens")).json.items;
      return { headers: bearer(accessToken), end: () => client.delete(`/api/v1/tokens/${id}`) };
    },
  ],
  [
    "the account is disabled",
    (client) =>
      Promise.resolve({
        headers: { Cookie: client.cookie },
        end: () => world().disable(client),
      }),
  ],
];

describe("A stream of events", () => {
  test.each(ENDINGS)("ends in good order when %s", async (_title, begin) => {
    const client = await world().member();
    const { headers, end } = await begin(client);
    const reader = await follow(headers);

    await end();

    await reader.untilOver();
    expect(reader.isComplete).toBe(true);
    expect((await EventReader.open({ url: world().url, headers })).status).toBeGreaterThan(400);
  });

  test("ends when the access token expires", async () => {
    const url = await world().addWeb({ accessTokenLifetimeMs: 2000 });
    const client = await world().member(url);
    const { accessToken } = (await client.post("/api/v1/tokens", {})).json;
    const reader = await follow(bearer(accessToken), url);

    await reader.untilOver();

    expect((await Client.bearer(url, accessToken).get(EVENTS)).status).toBe(401);
  });

  test("ends when its time is over, and continues where it was", async () => {
    const url = await world().addWeb({ eventStreamMs: 500 });
    const client = await world().member(url);
    const first = await follow({ Cookie: client.cookie }, url);
    await first.untilOver();
    await client.makeFolder("a");

    const headers = { Cookie: client.cookie, "Last-Event-ID": first.lastId };
    const second = await follow(headers, url);

    expect((await second.until(1)).map(({ data }) => data.entry?.name)).toEqual(["a"]);
  });

  test("ends when events were removed that it has not told, and the next one is 410", async () => {
    const client = await world().member();
    const { id: ownerId } = (await client.get("/api/v1/me")).json;
    const reader = await follow({ Cookie: client.cookie });
    const events = world().mongo.db.collection("events");
    const { eventRelay } = world().services;

    // As if the retention had removed the first, before the stream could read it.
    await events.insertOne({ _id: ownerId as never, ownerId, seq: 2, type: "trash.emptied" });
    await world().redis.publish(`${world().config.redisPrefix}:events`, ownerId);

    await reader.untilOver();
    expect(reader.events).toEqual([]);
    expect((await client.get(`${EVENTS}?since=${reader.lastId}`)).status).toBe(410);
    await events.deleteMany({ ownerId });
    await eventRelay.run(ownerId);
  });

  test("is refused with 429 beyond 20 of an account, and with 503 beyond those of the process", async () => {
    const url = await world().addWeb({ maxEventStreams: MOST_STREAMS + 1 });
    const [client, neighbour] = [await world().member(url), await world().member(url)];
    for (let n = 0; n < MOST_STREAMS; n += 1) await follow({ Cookie: client.cookie }, url);

    const { status, json } = await client.get(EVENTS);
    await follow({ Cookie: neighbour.cookie }, url);
    const busy = await neighbour.get(EVENTS);

    expect([status, json.code, json.limit]).toEqual([429, "too-many-event-streams", MOST_STREAMS]);
    expect([busy.status, busy.json.code, busy.headers["retry-after"]]).toEqual([503, "busy", "10"]);
    for (const reader of readers) reader.close();
    await eventually(
      async () => (await client.head(EVENTS)).status,
      (found) => found === 200,
    );
  });

  test("ends with its process, and the client misses nothing on another one", async () => {
    const { services } = world();
    const client = await world().member();
    const { id: ownerId } = (await client.get("/api/v1/me")).json;
    await nowOf(client);
    const requireAllowed = () => Promise.resolve();
    const stream = await services.eventStreams.open({ ownerId, requireAllowed });

    await services.eventStreams.close();

    expect(await stream.parts().next()).toMatchObject({ done: true });
    await expect(services.eventStreams.open({ ownerId, requireAllowed })).rejects.toThrow(
      BusyError,
    );
  });
});
