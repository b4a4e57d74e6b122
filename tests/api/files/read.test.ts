import { randomBytes } from "node:crypto";
import { beforeAll, describe, expect, test } from "@jest/globals";
import type { Client } from "../../support/client.js";
import type { FileJson } from "../../support/answer-json.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const SIZE = 1000;
const content = randomBytes(SIZE);

let client: Client;
let file: FileJson;
let path: string;

beforeAll(async () => {
  client = await world().member();
  file = await client.store("read me.bin", content);
  path = file.links.content;
});

describe("GET /files/{id}", () => {
  test("gives the content, with everything that a client needs to reuse it", async () => {
    const { status, headers, bytes } = await client.get(path);

    expect(status).toBe(200);
    expect(bytes.equals(content)).toBe(true);
    expect(headers).toMatchObject({
      "accept-ranges": "bytes",
      "cache-control": "private, no-cache",
      "content-length": "1000",
      "content-type": "application/octet-stream",
      etag: file.etag,
      "last-modified": new Date(file.updatedAt).toUTCString(),
      "x-content-type-options": "nosniff",
    });
  });

  test("tells HEAD the same as GET, without the content and its digest", async () => {
    const changing = ["content-digest", "date", "ratelimit", "x-request-id"];
    const varying = (headers: Readonly<Record<string, string>>) =>
      Object.fromEntries(Object.entries(headers).filter(([name]) => !changing.includes(name)));

    const [get, head] = [await client.get(path), await client.head(path)];

    expect([head.status, head.bytes.length]).toEqual([200, 0]);
    expect(varying(head.headers)).toEqual(varying(get.headers));
  });

  test("gives the file as JSON under /metadata, and the same below the path without a version", async () => {
    const { status, json } = await client.get(file.links.metadata);
    const plain = await client.get(file.links.metadata.replace("/v1", ""));

    expect(status).toBe(200);
    expect(json).toMatchObject({ id: file.id, sha256: file.sha256, etag: file.etag });
    expect(plain.json.links.content).toBe(`/api/files/${file.id}`);
  });

  test.each(["", "/metadata"])("answers 401 without a session%s", async (suffix) => {
    expect(
      (
        await world()
          .visitor()
          .get(path + suffix)
      ).status,
    ).toBe(401);
  });

  test.each([
    "x",
    "a".repeat(21),
    "a".repeat(23),
    "..%2f..%2fetc%2fpasswd",
    "%00",
    "[object Object]",
  ])("answers 404 to the id %j", async (id) => {
    const client = await world().member();

    const { status, json } = await client.get(`/api/v1/files/${encodeURI(id)}`);

    expect(`${status} ${json.code}`).toBe("404 not-found");
  });

  test("answers 400 to a parameter", async () => {
    expect((await client.get(`${path}?download=1`)).json.errors).toMatchObject([
      { in: "query", pointer: "download" },
    ]);
  });
});

describe("A range", () => {
  test.each([
    ["bytes=0-0", 0, 0],
    ["bytes=-1", 999, 999],
    ["bytes=0-", 0, 999],
    ["bytes=999-", 999, 999],
    ["bytes=10-99999999999999999999", 10, 999],
    ["bytes=-99999999999999999999", 0, 999],
    ["bytes=500-600", 500, 600],
    ["bytes=500-600,2000-", 500, 600],
    ["BYTES=5-6", 5, 6],
  ])("%s is answered 206", async (range, first, last) => {
    const { status, headers, bytes } = await client.get(path, { Range: range });

    expect(status).toBe(206);
    expect(headers["content-range"]).toBe(`bytes ${first}-${last}/${SIZE}`);
    expect(headers["content-length"]).toBe(String(last - first + 1));
    expect(bytes.equals(content.subarray(first, last + 1))).toBe(true);
  });

  test.each(["bytes=1000-", "bytes=-0", "bytes=9223372036854775808-", "bytes=1000-1001,5000-"])(
    "%s is answered 416 with the length",
    async (range) => {
      const { status, headers, json } = await client.get(path, { Range: range });

      expect(`${status} ${json.code}`).toBe("416 range-not-satisfiable");
      expect(headers["content-range"]).toBe("bytes */1000");
    },
  );

  test.each([
    "bytes=abc",
    "bytes=5-2",
    "bytes=--5",
    "bytes=",
    "items=0-5",
    "bytes=0-1,x",
    "bytes=0x1-0x2",
    `bytes=${Array.from({ length: 33 }, (_, n) => `${n}-${n}`).join(",")}`,
    "bytes=0-,0-",
  ])("%s is passed over: 200", async (range) => {
    const { status, bytes } = await client.get(path, { Range: range });

    expect([status, bytes.length]).toEqual([200, SIZE]);
  });

  test("of HEAD means nothing", async () => {
    const { status, headers } = await client.head(path, { Range: "bytes=0-0" });

    expect([status, headers["content-length"]]).toEqual([200, "1000"]);
  });

  test("that is one of several comes in a part of its own", async () => {
    const { status, headers, bytes } = await client.get(path, { Range: "bytes=0-9,-10" });

    expect(status).toBe(206);
    expect(headers["content-length"]).toBe(String(bytes.length));
    const [, boundary = ""] =
      /^multipart\/byteranges; boundary=(.+)$/.exec(headers["content-type"] ?? "") ?? [];
    const head = (range: string) =>
      `--${boundary}\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes ${range}/1000\r\n\r\n`;
    expect(bytes.toString("latin1")).toBe(
      [
        head("0-9"),
        content.toString("latin1", 0, 10),
        `\r\n${head("990-999")}`,
        content.toString("latin1", 990),
        `\r\n--${boundary}--\r\n`,
      ].join(""),
    );
  });
});

describe("A condition", () => {
  const HOUR_MS = 3_600_000;
  const after = (at: string, ms: number) => new Date(Date.parse(at) + ms).toUTCString();

  test.each([
    ["If-None-Match", (etag: string) => etag, 304],
    ["If-None-Match", (etag: string) => `"other", W/${etag}`, 304],
    ["If-None-Match", () => "*", 304],
    ["If-None-Match", () => '"other"', 200],
    ["If-Match", (etag: string) => etag, 200],
    ["If-Match", () => '"other"', 412],
    ["If-Match", (etag: string) => `W/${etag}`, 412],
    ["If-Modified-Since", (_: string, at: string) => after(at, 0), 304],
    ["If-Modified-Since", (_: string, at: string) => after(at, -HOUR_MS), 200],
    ["If-Modified-Since", () => "yesterday", 200],
    ["If-Unmodified-Since", (_: string, at: string) => after(at, HOUR_MS), 200],
    ["If-Unmodified-Since", (_: string, at: string) => after(at, -HOUR_MS), 412],
  ])("%s of case %# decides the answer", async (field, value, expected) => {
    const answers = [
      await client.get(path, { [field]: value(file.etag, file.updatedAt) }),
      await client.head(path, { [field]: value(file.etag, file.updatedAt) }),
    ];

    for (const { status, headers } of answers) {
      expect(status).toBe(expected);
      if (expected === 304) expect(headers["etag"]).toBe(file.etag);
    }
    expect(answers[0]?.bytes.length === SIZE).toBe(expected === 200);
  });

  test.each([
    ["If-Match", "0"],
    ["If-None-Match", "abc"],
    ["If-Range", '"abc'],
  ])("that is malformed is 400: %s: %s", async (field, value) => {
    const { status, json } = await client.get(path, { Range: "bytes=0-4", [field]: value });

    expect(status).toBe(400);
    expect(json.errors).toEqual([{ in: "header", pointer: field, detail: expect.any(String) }]);
  });

  test("If-Range lets a range count for the very same content only", async () => {
    const range = (condition: string) =>
      client.get(path, { Range: "bytes=0-4", "If-Range": condition });

    expect((await range(file.etag)).status).toBe(206);
    expect((await range(new Date(file.updatedAt).toUTCString())).status).toBe(206);
    expect((await range('"other"')).status).toBe(200);
    expect((await range(`W/${file.etag}`)).status).toBe(200);
    expect((await range(after(file.updatedAt, HOUR_MS))).status).toBe(200);
  });
});
