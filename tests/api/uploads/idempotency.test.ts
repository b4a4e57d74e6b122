import { describe, expect, test } from "@jest/globals";
import { newId } from "../../../common/platform/ids.js";
import type { Client } from "../../support/client.js";
import { eventually } from "../../support/eventually.js";
import { useWorld } from "../../support/use-world.js";

const AT_ONCE = 8;

const world = useWorld();

const entries = () => world().mongo.db.collection("idempotencyKeys");

const keyed = (key: string, headers: Record<string, string> = {}) => ({
  "Idempotency-Key": `"${key}"`,
  ...headers,
});

const put = (client: Client, key: string, bytes = "hello") =>
  client.put("/api/v1/files?name=a", bytes, keyed(key));

const namesOf = async (client: Client) =>
  (await client.get("/api/v1/files?sort=name")).json.items.map(({ name }) => name);

/** What is counted, once every job is done: versions count too. */
async function settledUsage(client: Client) {
  await world().settle();
  return client.usage();
}

describe("PUT /files again with the same Idempotency-Key", () => {
  test("gives the first answer, byte for byte, and stores nothing twice", async () => {
    const client = await world().member();

    const first = await put(client, "k");
    await world().settle();
    const again = await put(client, "k");

    expect(first.status).toBe(201);
    expect(again.status).toBe(201);
    expect(again.bytes).toEqual(first.bytes);
    expect(again.headers["location"]).toBe(first.headers["location"]);
    expect(await settledUsage(client)).toMatchObject({ bytes: 5, reservedBytes: 0, files: 1 });
  });

  test("gives it also when the file was replaced or deleted since, and when the key is not quoted", async () => {
    const client = await world().member();
    const first = await put(client, "k");

    await client.store("a", "newer");
    const afterReplacing = await put(client, "k");
    await client.delete(first.json.links.content);
    const afterDeleting = await client.put("/api/v1/files?name=a", "hello", {
      "Idempotency-Key": "k",
    });

    expect(afterReplacing.bytes).toEqual(first.bytes);
    expect(afterDeleting.bytes).toEqual(first.bytes);
    expect(await namesOf(client)).toEqual([]);
  });

  test("gives it through the plain path, for 0 bytes, and for a new version", async () => {
    const client = await world().member();
    await client.store("a", "old");

    const first = await put(client, "k", "");
    const again = await client.put("/api/files?name=a", "", keyed("k"));

    expect([first.status, again.status]).toEqual([200, 200]);
    expect(again.bytes).toEqual(first.bytes);
    expect(await settledUsage(client)).toMatchObject({ bytes: 3, files: 1 });
  });

  test("gives it although its condition or onConflict=fail would not hold any more", async () => {
    const client = await world().member();
    const url = "/api/v1/files?name=a&onConflict=fail";
    const send = () => client.put(url, "hello", keyed("k", { "If-None-Match": "*" }));

    const answers = [await send(), await send()];

    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
  });

  test.each<[string, (client: Client) => Promise<{ status: number; json: { code: string } }>]>([
    ["content of the same length", (client) => put(client, "k", "HELLO")],
    ["more content", (client) => put(client, "k", "hello!")],
    ["less content", (client) => put(client, "k", "hell")],
    ["another name", (client) => client.put("/api/v1/files?name=b", "hello", keyed("k"))],
    [
      "another type",
      (client) =>
        client.put("/api/v1/files?name=a", "hello", keyed("k", { "Content-Type": "text/plain" })),
    ],
    [
      "a condition",
      (client) => client.put("/api/v1/files?name=a", "hello", keyed("k", { "If-Match": "*" })),
    ],
    [
      "a form",
      (client) => client.upload([{ name: "a", bytes: "hello" }], "/api/v1/upload", keyed("k")),
    ],
  ])("and %s is 422, and changes nothing", async (_, other) => {
    const client = await world().member();
    const first = await put(client, "k");

    const { status, json } = await other(client);

    expect([status, json.code]).toEqual([422, "idempotency-key-reused"]);
    expect((await put(client, "k")).bytes).toEqual(first.bytes);
    expect(await namesOf(client)).toEqual(["a"]);
    expect(await settledUsage(client)).toMatchObject({ bytes: 5, files: 1 });
  });

  test("by somebody else, or with another key, is another request", async () => {
    const [client, other] = [await world().member(), await world().member()];
    const first = await put(client, "k");

    const theirs = await put(other, "k");
    const second = await put(client, "l");

    expect(theirs.status).toBe(201);
    expect(theirs.json.id).not.toBe(first.json.id);
    expect([second.status, second.json.id]).toEqual([200, first.json.id]);
    expect(await settledUsage(client)).toMatchObject({ bytes: 10, files: 1 });
  });

  test("after a refusal is a new request, whatever it brings", async () => {
    const client = await world().member();
    await client.store("a", "old");
    const url = (name: string) => `/api/v1/files?name=${name}&onConflict=fail`;

    const refused = await client.put(url("a"), "hello", keyed("k"));
    const stored = await client.put(url("b"), "another", keyed("k"));

    expect([refused.status, stored.status]).toEqual([409, 201]);
    const { status } = await client.put(url("a"), "hello", keyed("k"));
    expect(status).toBe(422);
  });

  test("after a broken request stores what comes then", async () => {
    const client = await world().member();
    const raw = await world().raw();
    raw.send(
      "PUT /api/v1/files?name=a HTTP/1.1\r\nHost: x\r\nIdempotency-Key: k\r\n" +
        "Content-Type: application/octet-stream\r\nContent-Length: 5\r\n" +
        `Cookie: ${client.cookie}\r\n\r\nhe`,
    );
    raw.socket.end();
    await raw.ended();

    // The server's side of a connection may learn of its end a moment after the client's.
    const { status } = await eventually(
      () => put(client, "k", "other"),
      (answer) => answer.status !== 409,
    );

    expect(status).toBe(201);
  });

  test("after an answer that never arrived gives it, and counts once", async () => {
    const client = await world().member();
    const raw = await world().raw();
    raw.socket.pause();
    raw.send(
      "PUT /api/v1/files?name=a HTTP/1.1\r\nHost: x\r\nIdempotency-Key: lost\r\n" +
        "Content-Type: application/octet-stream\r\nContent-Length: 5\r\n" +
        `Cookie: ${client.cookie}\r\n\r\nhello`,
    );
    const entry = await eventually(
      () => entries().findOne({ key: "lost" }),
      (found) => found !== null && found["answer"] !== null,
    );
    raw.socket.resetAndDestroy();

    const again = await put(client, "lost");

    expect(again.status).toBe(201);
    expect(entry).toMatchObject({ answer: { body: again.bytes.toString() } });
    expect(await settledUsage(client)).toMatchObject({ bytes: 5, files: 1 });
  });

  test("after its time is a new request", async () => {
    const client = await world().member();
    await put(client, "k");
    await entries().updateMany({ key: "k" }, { $set: { expiresAt: new Date(0) } });

    const { status } = await put(client, "k", "other");

    expect(status).toBe(200);
  });

  test.each(["", "a b", "x".repeat(256), '"a'])("as %j is 400", async (field) => {
    const client = await world().member();

    const { status, json } = await client.put("/api/v1/files?name=a", "hello", {
      "Idempotency-Key": field,
    });

    expect(status).toBe(400);
    expect(json.errors).toMatchObject([{ in: "header", pointer: "Idempotency-Key" }]);
    expect(await namesOf(client)).toEqual([]);
  });

  test(`${AT_ONCE} times at once stores once; the others are 409 with Retry-After, or have the answer`, async () => {
    const client = await world().member();
    const key = newId();

    const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => put(client, key)));

    const stored = answers.filter(({ status }) => status === 201);
    const others = answers.filter(({ status }) => status !== 201);
    expect(stored.length).toBeGreaterThan(0);
    expect(new Set(stored.map(({ json }) => json.id)).size).toBe(1);
    for (const { json, headers } of others) {
      expect(json.code).toBe("idempotency-key-in-use");
      expect(Number(headers["retry-after"])).toBeGreaterThan(0);
    }
    expect((await put(client, key)).json.id).toBe(stored[0]?.json.id);
    expect(await settledUsage(client)).toMatchObject({ bytes: 5, files: 1 });
  });

  test("while the first is under way is 409 before it asks for the body", async () => {
    const client = await world().member();
    const head =
      "PUT /api/v1/files?name=a HTTP/1.1\r\nHost: x\r\nIdempotency-Key: k\r\n" +
      "Content-Type: application/octet-stream\r\nContent-Length: 5\r\nExpect: 100-continue\r\n" +
      `Cookie: ${client.cookie}\r\n\r\n`;
    const [first, second] = [await world().raw(), await world().raw()];
    await first.send(head).received(/100 Continue\r\n\r\n/);

    const { text } = await second.send(head).received(/\r\n\r\n\{/);

    expect(text).toMatch(/^HTTP\/1\.1 409 /);
    const answer = await first.send("hello").received(/\}\}$/);
    expect(answer.status).toBe(201);
  });
});
