import { afterEach, describe, expect, test } from "@jest/globals";
import type { Client } from "../../support/client.js";
import { EventReader } from "../../support/event-reader.js";
import { changesOf, nowOf } from "../../support/events.js";
import { eventually } from "../../support/eventually.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();
const EVENTS = "/api/v1/events";
const readers: EventReader[] = [];

afterEach(() => {
  for (const reader of readers.splice(0)) reader.close();
});

async function follow(client: Client, query = "", headers = {}) {
  const reader = await EventReader.open({
    ...{ url: world().url, query },
    headers: { Cookie: client.cookie, ...headers },
  });
  readers.push(reader);
  return reader;
}

describe("GET /events", () => {
  test("tells at once what happens, as /changes shows it", async () => {
    const client = await world().member();
    await client.makeFolder("before");
    const reader = await follow(client);

    const file = await client.store("a.txt", "hello");

    const events = await reader.until(2);
    const changes = await changesOf(client, 1);
    expect(events).toEqual(
      changes.map((data) => ({ id: String(data.seq), event: data.type, data })),
    );
    expect(events[0]).toMatchObject({
      id: "2",
      event: "file.created",
      data: { entry: { id: file.id } },
    });
  });

  test("says what it is before anything happens, and lets nobody keep it back", async () => {
    const client = await world().member();

    const reader = await follow(client);

    await eventually(
      () => reader.text,
      (text) => text.endsWith("\n\n"),
    );
    expect(reader.status).toBe(200);
    expect(reader.answer.headers).toMatchObject({
      "content-type": "text/event-stream",
      "cache-control": "no-store, no-transform",
      "x-accel-buffering": "no",
      "transfer-encoding": "chunked",
    });
    expect(reader.answer.headers["content-encoding"]).toBeUndefined();
    expect(reader.text).toBe("retry: 2000\nid: 0\n\n");
  });

  test("tells what has happened behind since, and what happens then, without a gap", async () => {
    const client = await world().member();
    for (let n = 0; n < 120; n += 1) await client.makeFolder(`${n}`);

    const reader = await follow(client, "?since=10");
    await reader.until(110);
    await client.makeFolder("then");

    const events = await reader.until(111);
    expect(events.map(({ id }) => id)).toEqual(
      Array.from({ length: 111 }, (_, n) => String(n + 11)),
    );
  });

  test("resumes behind Last-Event-ID, whatever since says", async () => {
    const client = await world().member();
    const first = await follow(client, "?since=0");
    await client.makeFolder("a");
    await first.until(1);
    first.close();
    await client.makeFolder("b");

    const second = await follow(client, "?since=0", { "Last-Event-ID": first.lastId });

    expect((await second.until(1)).map(({ data }) => data.entry?.name)).toEqual(["b"]);
  });

  test("gives a client an id to resume from before the first event", async () => {
    const client = await world().member();
    await client.makeFolder("a");
    const first = await follow(client);
    await eventually(
      () => first.lastId,
      (id) => id === "1",
    );
    first.close();
    await client.makeFolder("b");

    const second = await follow(client, "", { "Last-Event-ID": first.lastId });

    expect((await second.until(1)).map(({ id }) => id)).toEqual(["2"]);
  });

  test("tells only of the types that are asked for, and goes on behind the others", async () => {
    const client = await world().member();
    const reader = await follow(client, "?types=file.*,folder.moved");

    const folder = await client.makeFolder("a");
    await client.store("a.txt", "a");
    await client.patch(`/api/v1/folders/${folder.id}`, { name: "b" });

    const events = await reader.until(2);
    expect(events.map(({ event }) => event)).toEqual(["file.created", "folder.moved"]);
    await client.makeFolder("c");
    const now = String(await nowOf(client));
    await eventually(
      () => reader.lastId,
      (id) => id === now,
    );
  });

  test("tells nothing of other accounts", async () => {
    const [client, neighbour] = [await world().member(), await world().member()];
    const reader = await follow(client, "?since=0");

    await neighbour.makeFolder("secret");
    await client.makeFolder("own");

    expect((await reader.until(1)).map(({ data }) => data.entry?.name)).toEqual(["own"]);
  });

  test("is 410 before the stream begins when the log does not go on there", async () => {
    const client = await world().member();
    await client.makeFolder("a");

    for (const headers of [{}, { "Last-Event-ID": "2" }]) {
      const { status, json } = await client.get(`${EVENTS}?since=2`, headers);
      expect([status, json.code]).toEqual([410, "changes-expired"]);
    }
  });

  test("refuses what is no number and no type with 400", async () => {
    const client = await world().member();
    const queries = ["since=-1", "since=x", "types=", "types=file", "types=a.*", "types=file.*,,"];

    for (const query of queries) {
      const { status, json } = await client.get(`${EVENTS}?${query}`);
      expect([query, status, json.errors[0]?.pointer]).toEqual([query, 400, query.split("=")[0]]);
    }
    const { status, json } = await client.get(EVENTS, { "Last-Event-ID": "x" });
    expect([status, json.errors]).toMatchObject([
      400,
      [{ in: "header", pointer: "Last-Event-Id" }],
    ]);
  });

  test("answers HEAD with the header alone", async () => {
    const client = await world().member();

    const { status, headers, bytes } = await client.head(EVENTS);

    expect([status, headers["content-type"], bytes.length]).toEqual([200, "text/event-stream", 0]);
  });

  test("is 403 for a credential that may not leave a folder or lacks the scope, and 401 for nobody", async () => {
    const client = await world().member();
    const { id: rootFolderId } = await client.makeFolder("a");
    const limited = await client.makeKey(["files:read"], { rootFolderId });
    const other = await client.makeKey(["files:write"]);

    const answers = [
      await limited.client.get(EVENTS),
      await other.client.get(EVENTS),
      await world().visitor().get(EVENTS),
    ];

    expect(answers.map(({ status, json }) => [status, json.code])).toEqual([
      [403, "restricted-credential"],
      [403, "insufficient-scope"],
      [401, "unauthenticated"],
    ]);
  });
});
