import { createHash } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { useWorld } from "../../support/use-world.js";

const world = useWorld({ maxFileBytes: 1_000_000 });

const sha256 = (bytes: string | Buffer) => createHash("sha256").update(bytes).digest("hex");

describe("PUT /files", () => {
  test("answers 201 with the file, which can be read at once", async () => {
    const client = await world().member();

    const answer = await client.put("/api/v1/files?name=notes.txt", "hello", {
      "Content-Type": "text/plain; charset=utf-8",
    });

    const { id, etag } = answer.json;
    expect(answer.status).toBe(201);
    expect(answer.headers).toMatchObject({
      location: `${world().url}/api/v1/files/${id}`,
      "content-location": `/api/v1/files/${id}/metadata`,
      etag,
    });
    expect(answer.json).toEqual({
      id: expect.stringMatching(/^[\w-]{22}$/),
      kind: "file",
      folderId: expect.stringMatching(/^[\w-]{22}$/),
      path: "/notes.txt",
      versionId: expect.stringMatching(/^[\w-]{22}$/),
      tags: [],
      description: "",
      isFavourite: false,
      properties: {},
      modifiedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      name: "notes.txt",
      sizeBytes: 5,
      type: null,
      claimedType: "text/plain",
      typeMismatch: null,
      isActiveContent: null,
      state: "processing",
      sha256: sha256("hello"),
      etag: expect.stringMatching(/^"[\w-]{22}"$/),
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      updatedAt: answer.json.createdAt,
      links: {
        content: `/api/v1/files/${id}`,
        metadata: `/api/v1/files/${id}/metadata`,
        preview: null,
      },
    });
    const content = await client.get(answer.json.links.content);
    expect(content.bytes.toString()).toBe("hello");
    expect(content.headers["etag"]).toBe(etag);
  });

  test("answers 201 to 0 bytes, which make a file of 0 bytes", async () => {
    const client = await world().member();

    const { status, json } = await client.put("/api/v1/files?name=empty", "");

    expect(status).toBe(201);
    expect(json).toMatchObject({ sizeBytes: 0, sha256: sha256("") });
    const content = await client.get(json.links.content);
    expect([content.status, content.bytes.length]).toEqual([200, 0]);
    expect(content.headers["content-length"]).toBe("0");
    expect(await client.usage()).toMatchObject({ bytes: 0 });
  });

  test("answers 200 for a name that is taken, and the same file shows the new content", async () => {
    const client = await world().member();
    const first = await client.store("a.txt", "old");

    const { status, headers, json } = await client.put("/api/v1/files?name=a.txt", "newer");

    expect(status).toBe(200);
    expect(headers["location"]).toBeUndefined();
    expect(headers).toMatchObject({ etag: json.etag, "content-location": first.links.metadata });
    expect((await client.get(first.links.content)).headers["etag"]).toBe(json.etag);
    expect(json).toMatchObject({ id: first.id, sizeBytes: 5, createdAt: first.createdAt });
    expect(json.etag).not.toBe(first.etag);
    expect((await client.get(first.links.content)).bytes.toString()).toBe("newer");
  });

  test("answers 201 with another name for onConflict=rename", async () => {
    const client = await world().member();
    await client.store("a.tar.gz", "1");

    const names = [];
    for (const bytes of ["2", "3", "4"]) {
      const url = "/api/v1/files?name=a.tar.gz&onConflict=rename";
      const { status, json } = await client.put(url, bytes);
      names.push([status, json.name]);
    }

    expect(names).toEqual([
      [201, "a.tar (2).gz"],
      [201, "a.tar (3).gz"],
      [201, "a.tar (4).gz"],
    ]);
  });

  test("answers 409 for onConflict=fail when the name is taken, and keeps what was there", async () => {
    const client = await world().member();
    const first = await client.store("a.txt", "old");

    const { status, json } = await client.put("/api/v1/files?name=a.txt&onConflict=fail", "new");

    expect(status).toBe(409);
    expect(json.code).toBe("name-taken");
    expect((await client.get(first.links.content)).bytes.toString()).toBe("old");
  });

  test("answers 201 to a body of unknown length", async () => {
    const client = await world().member();

    const { status, json } = await client.putChunked("/api/v1/files?name=a", Buffer.from("hello"));

    expect(status).toBe(201);
    expect(json).toMatchObject({ sizeBytes: 5, sha256: sha256("hello") });
  });

  test("answers 401 without a session, and stores nothing", async () => {
    const { status, json } = await world().visitor().put("/api/v1/files?name=a", "hello");

    expect(status).toBe(401);
    expect(json.code).toBe("unauthenticated");
    expect(await world().mongo.db.collection("uploads").countDocuments()).toBe(0);
  });

  test.each([
    ["a missing name", "", ["name"]],
    ["a repeated name", "?name=a&name=b", ["name"]],
    ["an unknown parameter", "?name=a&ownerId=b", ["ownerId"]],
    ["an operator in a parameter", "?name[$ne]=a", ["name[$ne]"]],
    ["an unknown onConflict", "?name=a&onConflict=overwrite", ["onConflict"]],
  ])("answers 400 with a pointer to %s", async (_, query, pointers) => {
    const client = await world().member();

    const { status, json } = await client.put(`/api/v1/files${query}`, "hello");

    expect(status).toBe(400);
    expect(json.errors.map(({ in: part, pointer }) => [part, pointer])).toEqual(
      pointers.map((pointer) => ["query", pointer]),
    );
  });

  test.each([
    [999_999, 201],
    [1_000_000, 201],
    [1_000_001, 413],
  ])("with a limit of 1,000,000 bytes answers %i bytes with %i", async (size, expected) => {
    const client = await world().member();

    const { status } = await client.put("/api/v1/files?name=large", Buffer.alloc(size));

    expect(status).toBe(expected);
    const { bytes, reservedBytes } = await client.usage();
    expect(bytes + reservedBytes).toBe(expected === 201 ? size : 0);
  });
});
