import { describe, expect, test } from "@jest/globals";
import { newId } from "../../../common/platform/ids.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const MERGE_PATCH = { "Content-Type": "application/merge-patch+json" };

/** Somebody with one file, or one folder. */
async function withEntry(kind: "file" | "folder") {
  const client = await world().member();
  const entry =
    kind === "file" ? await client.store("a.txt", "1") : await client.makeFolder("Holidays");
  const path = `/api/v1/${kind}s/${entry.id}`;
  return { client, path, metadata: entry.links.metadata };
}

describe.each(["file", "folder"] as const)("PATCH of the metadata of a %s", (kind) => {
  test("changes what is named, and keeps the rest: 200", async () => {
    const { client, path, metadata } = await withEntry(kind);

    const first = await client.patch(path, { tags: ["b", "a", "b"], isFavourite: true });
    const second = await client.patch(path, { description: "Ours" }, MERGE_PATCH);

    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.json).toMatchObject({
      tags: ["a", "b"],
      isFavourite: true,
      description: "Ours",
      properties: {},
    });
    expect((await client.get(metadata)).json).toEqual(second.json);
  });

  test("takes away what is null", async () => {
    const { client, path } = await withEntry(kind);
    const before = await client.get(path + (kind === "file" ? "/metadata" : ""));
    const all = { tags: ["a"], isFavourite: true, description: "d", properties: { k: "v" } };
    await client.patch(path, all);

    const none = { tags: null, isFavourite: null, description: null, properties: null };
    const { json, headers } = await client.patch(path, none);

    expect(json).toEqual(before.json);
    expect(headers["etag"]).toBe(before.headers["etag"]);
  });

  test("takes away what is null together with a new name", async () => {
    const { client, path } = await withEntry(kind);
    await client.patch(path, { tags: ["a"], isFavourite: true, properties: { k: "v" } });

    const change = { name: "renamed", tags: null, isFavourite: null, properties: null };
    const { status, json } = await client.patch(path, change);

    expect(status).toBe(200);
    expect(json).toMatchObject({ name: "renamed", tags: [], isFavourite: false, properties: {} });
    expect((await client.patch(path, {})).json).toEqual(json);
  });

  test("merges properties, whatever their keys are", async () => {
    const { client, path } = await withEntry(kind);
    await client.patch(path, { properties: { "a.b": "1", $set: "2", constructor: "3" } });

    const { json } = await client.patch(path, { properties: { $set: null, "": undefined, c: "" } });

    expect(json.properties).toEqual({ "a.b": "1", constructor: "3", c: "" });
  });

  test("keeps tags in NFC, without spaces around them", async () => {
    const { client, path } = await withEntry(kind);

    const { json } = await client.patch(path, { tags: [" e\u0301", "\u00e9"] });

    expect(json.tags).toEqual(["\u00e9"]);
  });

  test("compares If-Match with the ETag of the metadata: 412", async () => {
    const { client, path, metadata } = await withEntry(kind);
    const { headers } = await client.get(metadata);
    const condition = { "If-Match": headers["etag"] ?? "" };

    const first = await client.patch(path, { isFavourite: true }, condition);
    const second = await client.patch(path, { isFavourite: false }, condition);

    expect(first.status).toBe(200);
    expect(first.headers["etag"]).not.toBe(headers["etag"]);
    expect(second).toMatchObject({ status: 412, json: { code: "precondition-failed" } });
    expect((await client.get(metadata)).json.isFavourite).toBe(true);
  });

  test("answers 304 to who has the metadata already", async () => {
    const { client, path, metadata } = await withEntry(kind);
    const { headers } = await client.get(metadata);
    const condition = { "If-None-Match": headers["etag"] ?? "" };

    expect((await client.get(metadata, condition)).status).toBe(304);
    await client.patch(path, { tags: ["x"] });
    expect((await client.get(metadata, condition)).status).toBe(200);
  });

  test("loses no change of several at once", async () => {
    const { client, path } = await withEntry(kind);
    const keys = Array.from({ length: 8 }, (_, n) => `k${n}`);

    const answers = await Promise.all(
      keys.map((key) => client.patch(path, { properties: { [key]: "1" } })),
    );

    expect(answers.map(({ status }) => status)).toEqual(keys.map(() => 200));
    const { json } = await client.patch(path, {});
    expect(Object.keys(json.properties)).toEqual(keys);
  });

  test.each([
    [{ tags: [""] }, "/tags/0"],
    [{ tags: ["x".repeat(65)] }, "/tags/0"],
    [{ tags: ["a\u0000"] }, "/tags/0"],
    [{ tags: Array.from({ length: 51 }, (_, n) => String(n)) }, "/tags"],
    [{ tags: "a" }, "/tags"],
    [{ description: "x".repeat(2001) }, "/description"],
    [{ description: 1 }, "/description"],
    [{ isFavourite: "true" }, "/isFavourite"],
    [{ properties: { a: 1 } }, "/properties"],
    [{ properties: ["a"] }, "/properties"],
    [{ properties: { "": "a" } }, "/properties"],
    [{ properties: { a: "x".repeat(1001) } }, "/properties"],
    [{ properties: pairs(51, "") }, "/properties"],
    [{ properties: pairs(17, "x".repeat(1000)) }, "/properties"],
    [{ sizeBytes: 1 }, "/sizeBytes"],
  ])("refuses %j: 400", async (body, pointer) => {
    const { client, path, metadata } = await withEntry(kind);
    const before = await client.get(metadata);

    const { status, json } = await client.patch(path, body);

    expect(status).toBe(400);
    expect(json).toMatchObject({ code: "invalid-request", errors: [{ in: "body", pointer }] });
    expect((await client.get(metadata)).json).toEqual(before.json);
  });

  test("refuses keys that JavaScript gives a meaning: 400", async () => {
    const { client, path } = await withEntry(kind);
    const body = JSON.parse('{"properties":{"__proto__":"x"}}') as object;

    expect((await client.patch(path, body)).json).toMatchObject({ code: "malformed-body" });
  });

  test("is 401 without a session, and 404 for somebody else and for nothing", async () => {
    const { path } = await withEntry(kind);
    const other = await world().member();

    expect((await world().visitor().patch(path, {})).status).toBe(401);
    expect((await other.patch(path, { tags: ["x"] })).status).toBe(404);
    expect((await other.patch(`/api/v1/${kind}s/${newId()}`, {})).status).toBe(404);
  });

  test("needs the scope files:write: 403", async () => {
    const { client, path } = await withEntry(kind);
    const { client: reader } = await client.makeKey(["files:read"]);

    expect((await reader.patch(path, { tags: ["x"] })).status).toBe(403);
  });

  test("takes no other type of body: 415", async () => {
    const { client, path } = await withEntry(kind);
    const other = { "Content-Type": "application/json-patch+json" };

    expect((await client.patch(path, [], other)).status).toBe(415);
  });
});

describe("The metadata of a file", () => {
  test("change without its content, its ETag and its dates", async () => {
    const { client, path } = await withEntry("file");
    const before = await client.get(path);

    await client.patch(path, { tags: ["x"], modifiedAt: "2001-02-03T04:05:06.789Z" });
    const after = await client.get(path, { "If-None-Match": before.headers["etag"] ?? "" });

    expect(after.status).toBe(304);
    expect(after.headers["last-modified"]).toBe(before.headers["last-modified"]);
  });

  test("stay with the file when it gets new content, but for modifiedAt", async () => {
    const { client, path } = await withEntry("file");
    await client.patch(path, { tags: ["x"], modifiedAt: "2001-02-03T04:05:06.789Z" });

    const file = await client.store("a.txt", "2");

    expect(file.tags).toEqual(["x"]);
    expect(file.modifiedAt).toBe(file.updatedAt);
  });

  test("have modifiedAt to the millisecond, and when the content was stored by default", async () => {
    const { client, path } = await withEntry("file");

    const set = await client.patch(path, { modifiedAt: "1969-12-31T23:59:59.999Z" });
    const reset = await client.patch(path, { modifiedAt: null });

    expect(set.json.modifiedAt).toBe("1969-12-31T23:59:59.999Z");
    expect(reset.json.modifiedAt).toBe(reset.json.updatedAt);
  });

  test.each(["2001-02-03", "2001-02-30T25:00:00Z", 5])("have no modifiedAt %j: 400", async (at) => {
    const { client, path } = await withEntry("file");

    const { status, json } = await client.patch(path, { modifiedAt: at });

    expect(status).toBe(400);
    expect(json).toMatchObject({ errors: [{ pointer: "/modifiedAt" }] });
  });

  test("are gone with the file: 404", async () => {
    const { client, path } = await withEntry("file");
    await client.delete(path);

    expect((await client.patch(path, { tags: ["x"] })).status).toBe(404);
  });
});

describe("The root folder", () => {
  test("cannot be changed: 409", async () => {
    const client = await world().member();

    const { status, json } = await client.patch("/api/v1/folders/root", { tags: ["x"] });

    expect(status).toBe(409);
    expect(json).toMatchObject({ code: "root-folder" });
  });
});

/** So many properties with one value. */
function pairs(count: number, value: string): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, value]));
}
