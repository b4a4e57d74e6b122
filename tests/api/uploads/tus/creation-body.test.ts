import { describe, expect, test } from "@jest/globals";
import type { Client } from "../../../support/client.js";
import { useWorld } from "../../../support/use-world.js";
import { newUploader } from "./uploaders.js";

const world = useWorld();

const reservations = () => world().mongo.db.collection("uploads").countDocuments();

/** Sends a creation by hand, of which only the given part of the body comes. */
async function create(client: Client, fields: readonly string[], body = "") {
  const raw = await world().raw();
  const head = [
    "POST /api/v1/uploads HTTP/1.1",
    "Host: stowage",
    `Cookie: ${client.cookie}`,
    "Tus-Resumable: 1.0.0",
    ...fields,
  ];
  return raw.send(`${head.join("\r\n")}\r\n\r\n${body}`);
}

describe("A creation with a body of another type", () => {
  test.each([
    ["text/plain", ["Content-Type: text/plain", "Content-Length: 5"], "hello"],
    ["no type", ["Content-Length: 5"], "hello"],
    ["a type, of which nothing has come", ["Content-Type: text/plain", "Content-Length: 5"], ""],
    ["no type and no length", ["Transfer-Encoding: chunked"], "5\r\nhello\r\n"],
  ])("(%s) is 415, and reserves nothing", async (_what, fields, body) => {
    const { client } = await newUploader(world());

    const raw = await create(client, ["Upload-Length: 1000000", ...fields], body);
    const { text } = await raw.received(/unsupported-media-type/);

    expect(text).toMatch(/^HTTP\/1.1 415 /);
    expect(text).not.toMatch(/^location:/im);
    expect(await reservations()).toBe(0);
    expect(await client.usage()).toMatchObject({ reservedBytes: 0 });
  });

  test("that breaks off before its first byte reserves nothing", async () => {
    const { client } = await newUploader(world());

    const raw = await create(client, ["Upload-Length: 1000000", "Transfer-Encoding: chunked"]);
    raw.socket.end();

    expect((await raw.ended()).status).toBe(400);
    expect(await reservations()).toBe(0);
  });

  test.each([
    ["Content-Length: 0", ""],
    ["Transfer-Encoding: chunked", "0\r\n\r\n"],
  ])("is one without a body where it is empty: %s", async (field, body) => {
    const { client, tus } = await newUploader(world());

    const raw = await create(client, ["Upload-Length: 5", field], body);
    const { headers } = await raw.received(/\r\n\r\n/);

    const path = new URL(headers["location"] ?? "").pathname;
    expect(await tus.offset(path)).toBe(0);
    await tus.terminate(path);
  });

  test("of a final upload is refused: its bytes would go nowhere", async () => {
    const { tus } = await newUploader(world());
    const part = await tus.begin(
      { "Upload-Length": "1", "Upload-Concat": "partial" },
      Buffer.from("a"),
    );

    const answer = await tus.create({ "Upload-Concat": `final;${part}` }, Buffer.from("b"));

    expect([answer.status, answer.problem?.code]).toEqual([400, "invalid-request"]);
    expect(await tus.offset(part)).toBe(1);
    await tus.terminate(part);
  });
});
