import { createHash } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import type { Client } from "../../support/client.js";
import type { Json } from "../../support/answer-json.js";
import { NOTHING_LEFT } from "../../support/invariants.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const digest = (algorithm: "sha-256" | "sha-512", content: string) =>
  `${algorithm}=:${createHash(algorithm.replace("-", "")).update(content).digest("base64")}:`;

interface Sent {
  readonly announced?: string;
  readonly trailers: readonly string[];
  readonly headers?: readonly string[];
}

/** Sends `hello` in chunks, with trailers behind it. */
async function put(client: Client, { announced, trailers, headers = [] }: Sent) {
  const raw = await world().raw();
  const head = [
    "PUT /api/v1/files?name=a HTTP/1.1",
    "Host: x",
    `Cookie: ${client.cookie}`,
    "Transfer-Encoding: chunked",
    "Connection: close",
    ...(announced === undefined ? [] : [`Trailer: ${announced}`]),
    ...headers,
  ];
  const body = ["2", "he", "3", "llo", "0", ...trailers];
  raw.send(`${head.join("\r\n")}\r\n\r\n${body.join("\r\n")}\r\n\r\n`);
  const { status, body: text } = await raw.ended();
  return { status, json: JSON.parse(/\{.*\}/s.exec(text)?.[0] ?? "{}") as Json };
}

describe("PUT /files with a digest behind the content", () => {
  test.each([
    ["Repr-Digest", `Repr-Digest: ${digest("sha-256", "hello")}`],
    ["content-digest", `content-digest: ${digest("sha-512", "hello")}`],
    ["Repr-Digest, Content-Digest", `Repr-Digest: ${digest("sha-256", "hello")}`],
    ["Repr-Digest", `Repr-Digest: ${digest("sha-512", "hello")}, md5=:AAAA:`],
    ["Repr-Digest", "X-Other: 1"],
    ["X-Other", "X-Other: 1"],
  ])("announced as %s takes %s", async (announced, trailer) => {
    const client = await world().member();

    const { status, json } = await put(client, { announced, trailers: [trailer] });

    expect(status).toBe(201);
    expect((await client.get(json.links.content)).bytes.toString()).toBe("hello");
  });

  test.each([
    [`Repr-Digest: ${digest("sha-256", "hell")}`, 422, "digest-mismatch"],
    [`Repr-Digest: ${digest("sha-512", "hell")}`, 422, "digest-mismatch"],
    ["Repr-Digest: sha-256=hello", 400, "invalid-request"],
    ["Repr-Digest: sha-256=:aGVsbG8=:", 400, "invalid-request"],
  ])("refuses %s with %i, and keeps nothing", async (trailer, expected, code) => {
    const client = await world().member();

    const answer = await put(client, { announced: "Repr-Digest", trailers: [trailer] });

    expect([answer.status, answer.json.code]).toEqual([expected, code]);
    expect((await client.get("/api/v1/files")).json.items).toEqual([]);
    expect(await world().leftovers()).toEqual(NOTHING_LEFT);
  });

  test("holds the content against the digests of the header too", async () => {
    const client = await world().member();
    const trailers = [`Content-Digest: ${digest("sha-256", "hello")}`];
    const headers = [`Repr-Digest: ${digest("sha-256", "hell")}`];

    expect((await put(client, { announced: "Content-Digest", trailers, headers })).status).toBe(
      422,
    );
  });

  test("is held against a repeat under an Idempotency-Key as well", async () => {
    const client = await world().member();
    const send = (content: string) =>
      put(client, {
        announced: "Repr-Digest",
        trailers: [`Repr-Digest: ${digest("sha-256", content)}`],
        headers: ["Idempotency-Key: k"],
      });

    expect((await send("hello")).status).toBe(201);
    expect((await send("hello")).status).toBe(201);
    expect((await send("other")).json.code).toBe("digest-mismatch");
  });
});
