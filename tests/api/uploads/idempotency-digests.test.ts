import { createHash } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const keyed = (key: string, headers: Record<string, string> = {}) => ({
  "Idempotency-Key": `"${key}"`,
  ...headers,
});

const digest = (algorithm: "sha-256" | "sha-512", content: string) =>
  `${algorithm}=:${createHash(algorithm.replace("-", "")).update(content).digest("base64")}:`;

describe("PUT /files again with the same Idempotency-Key", () => {
  test("gives the first answer whatever digests are claimed that are right: they belong to the payload, not to the request", async () => {
    const client = await world().member();
    const url = "/api/v1/files?name=a";
    const first = await client.put(url, "hello", keyed("k"));

    const claims = [
      { "Repr-Digest": digest("sha-256", "hello") },
      { "Content-Digest": digest("sha-512", "hello") },
    ];
    for (const claim of claims) {
      expect((await client.put(url, "hello", keyed("k", claim))).bytes).toEqual(first.bytes);
    }
  });

  test("is 422 when it is not what it says about itself, or says that it is something else", async () => {
    const client = await world().member();
    const url = "/api/v1/files?name=a";
    await client.put(url, "hello", keyed("k", { "Repr-Digest": digest("sha-256", "hello") }));

    const wrong = await client.put(
      url,
      "hello",
      keyed("k", { "Repr-Digest": digest("sha-512", "other") }),
    );
    const other = await client.put(
      url,
      "other",
      keyed("k", { "Repr-Digest": digest("sha-256", "other") }),
    );

    expect([wrong.status, wrong.json.code]).toEqual([422, "digest-mismatch"]);
    expect([other.status, other.json.code]).toEqual([422, "idempotency-key-reused"]);
    expect((await client.put(url, "hello", keyed("k"))).status).toBe(201);
  });

  test("that claims to be something else is refused before its body moves", async () => {
    const client = await world().member();
    await client.put("/api/v1/files?name=a", "x".repeat(1_000_000), keyed("k"));
    const raw = await world().raw();

    raw.send(
      "PUT /api/v1/files?name=a HTTP/1.1\r\nHost: x\r\nIdempotency-Key: k\r\nExpect: 100-continue\r\n" +
        `Repr-Digest: ${digest("sha-256", "other")}\r\nContent-Type: application/octet-stream\r\n` +
        `Content-Length: 1000000\r\nCookie: ${client.cookie}\r\n\r\n`,
    );

    const { text } = await raw.received(/\r\n\r\n/);
    expect(text).toMatch(/^HTTP\/1\.1 422 /);
  });
});
