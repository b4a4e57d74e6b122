import { describe, expect, test } from "@jest/globals";
import type { FileJson } from "../../support/answer-json.js";
import { newKey } from "../../support/blobs.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld({ encryptionKeys: [newKey("k1")] });

async function stored(content: Buffer | string) {
  const client = await world().member();
  const { json } = await client.put("/api/v1/files?name=a", content);
  await world().settle();
  const { id, versionId } = json as FileJson;
  return { client, id, versionId, path: `/api/v1/files/${id}/text` };
}

const utf16 = (text: string) =>
  Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, "utf16le")]);

describe("GET /files/{id}/text", () => {
  test.each([
    ["UTF-8", Buffer.from("Grüße, 世界 😀\n")],
    ["UTF-8 with a byte order mark", Buffer.from("\uFEFFGrüße, 世界 😀\n")],
    ["UTF-16 LE", utf16("Grüße, 世界 😀\n")],
    ["UTF-16 BE", utf16("Grüße, 世界 😀\n").swap16()],
  ])("gives text of the encoding %s in UTF-8", async (_encoding, content) => {
    const { client, path } = await stored(content);

    const { status, headers, bytes } = await client.get(path);

    expect([status, bytes.toString()]).toEqual([200, "Grüße, 世界 😀\n"]);
    expect(headers).toMatchObject({
      "content-type": "text/plain; charset=utf-8",
      "text-complete": "true",
      "x-content-type-options": "nosniff",
      "cache-control": "private, no-cache",
      "content-security-policy": expect.stringContaining("sandbox"),
    });
  });

  test("takes what is neither for Windows-1252", async () => {
    const words = "Ein längerer Text über Größe, wie er früher geschrieben wurde. ".repeat(4);
    const { client, path } = await stored(Buffer.from(words, "latin1"));

    expect((await client.get(path)).bytes.toString()).toBe(words);
  });

  test("cuts at the end of a character, and says that there is more", async () => {
    const { client, path } = await stored("äöü😀");

    const cuts = [];
    for (const bytes of [1, 2, 3, 6, 7, 9, 10, 11]) {
      const answer = await client.get(`${path}?bytes=${bytes}`);
      cuts.push([answer.bytes.toString(), answer.headers["text-complete"]]);
    }

    expect(cuts).toEqual([
      ["", "false"],
      ["ä", "false"],
      ["ä", "false"],
      ["äöü", "false"],
      ["äöü", "false"],
      ["äöü", "false"],
      ["äöü😀", "true"],
      ["äöü😀", "true"],
    ]);
  });

  test("gives 65,536 bytes of a long text unless more are asked for", async () => {
    const long = "0123456789abcdef".repeat(80_000);
    const { client, path } = await stored(long);

    const usual = await client.get(path);
    const most = await client.get(`${path}?bytes=1048576`);

    expect(usual.bytes.toString()).toBe(long.slice(0, 65_536));
    expect(most.bytes.toString()).toBe(long.slice(0, 1_048_576));
    expect([usual.headers["text-complete"], most.headers["text-complete"]]).toEqual([
      "false",
      "false",
    ]);
  });

  test("shows HTML as text, and an empty file as nothing", async () => {
    const html = "<!doctype html><script>alert(1)</script>";
    const page = await stored(html);
    const empty = await stored("");

    const { headers, bytes } = await page.client.get(page.path);
    const nothing = await empty.client.get(empty.path);

    expect([headers["content-type"], bytes.toString()]).toEqual([
      "text/plain; charset=utf-8",
      html,
    ]);
    expect([nothing.status, nothing.bytes.length, nothing.headers["text-complete"]]).toEqual([
      ...[200, 0, "true"],
    ]);
  });

  test("answers 409 for what is no text", async () => {
    for (const content of [Buffer.alloc(50), "%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"]) {
      const { client, path } = await stored(content);

      expect(await client.get(path)).toMatchObject({ status: 409, json: { code: "not-text" } });
    }
  });

  test("is cached by its ETag, and answers HEAD without the text", async () => {
    const { client, path, versionId } = await stored("hello");

    const first = await client.get(path);
    const head = await client.head(path);
    const known = await client.get(path, { "If-None-Match": first.headers["etag"] ?? "" });
    const named = await client.get(`${path}?versionId=${versionId}`);

    expect(head.headers).toMatchObject({ "content-length": "5", etag: first.headers["etag"] });
    expect([head.bytes.length, known.status, named.bytes.toString()]).toEqual([0, 304, "hello"]);
  });

  test("answers 400 to other numbers of bytes, and 404 to who may not read the file", async () => {
    const { client, path } = await stored("hello");

    for (const bytes of ["0", "1048577", "-1", "1.5", "x"]) {
      expect((await client.get(`${path}?bytes=${bytes}`)).status).toBe(400);
    }
    expect((await (await world().member()).get(path)).status).toBe(404);
    expect((await world().visitor().get(path)).status).toBe(401);
  });
});
