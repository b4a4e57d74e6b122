import { describe, expect, test } from "@jest/globals";
import type { Client } from "../../support/client.js";
import type { FileJson } from "../../support/answer-json.js";
import {
  about,
  aboutState,
  CONDITIONS,
  DATE_CONDITIONS,
  NO_VERSION,
} from "../../support/conditions.js";
import { useWorld } from "../../support/use-world.js";

const AT_ONCE = 32;

const world = useWorld();

const put = (client: Client, headers: Record<string, string>, query = "") =>
  client.put(`/api/v1/files?name=a${query}`, "new", headers);

const textOf = async (client: Client, { links }: FileJson) =>
  (await client.get(links.content)).bytes.toString();

const namesOf = async (client: Client) =>
  (await client.get("/api/v1/files?sort=name")).json.items.map(({ name }) => name);

const statuses = (answers: readonly { readonly status: number }[]) =>
  answers.map(({ status }) => status).sort();

describe("PUT /files with a condition", () => {
  test.each(CONDITIONS)("on a file with the ETag E, %j: stores %s", async (headers, isStored) => {
    const client = await world().member();
    const file = await client.store("a", "old");

    const { status, json } = await put(client, about(headers, file.etag));

    expect(status).toBe(isStored ? 200 : 412);
    if (!isStored) expect(json.code).toBe("precondition-failed");
    expect(await textOf(client, file)).toBe(isStored ? "new" : "old");
  });

  test.each(DATE_CONDITIONS)(
    "on a file with the ETag E that was changed at T, %j: stores %s",
    async (headers, isStored) => {
      const client = await world().member();
      const file = await client.store("a", "old");

      const { status } = await put(client, aboutState(headers, file));

      expect(status).toBe(isStored ? 200 : 412);
      expect(await textOf(client, file)).toBe(isStored ? "new" : "old");
    },
  );

  test.each([
    [{ "If-Unmodified-Since": new Date(0).toUTCString() }, 201],
    [{ "If-None-Match": "*" }, 201],
    [{ "If-None-Match": NO_VERSION }, 201],
    [{ "If-Match": "*" }, 412],
    [{ "If-Match": NO_VERSION }, 412],
  ])("on a name that is free, %j: %i", async (headers, expected) => {
    const client = await world().member();

    const { status } = await put(client, headers);

    expect(status).toBe(expected);
    expect(await namesOf(client)).toEqual(expected === 201 ? ["a"] : []);
  });

  test("answers 412 before it asks for the body", async () => {
    const client = await world().member();
    await client.store("a", "old");
    await world().settle();
    const raw = await world().raw();

    raw.send(
      "PUT /api/v1/files?name=a HTTP/1.1\r\nHost: x\r\nIf-None-Match: *\r\nExpect: 100-continue\r\n" +
        `Content-Length: 1000000\r\nCookie: ${client.cookie}\r\n\r\n`,
    );

    const { text } = await raw.received(/\r\n\r\n/);
    expect(text).toMatch(/^HTTP\/1\.1 412 /);
    expect(await world().mongo.db.collection("uploads").countDocuments()).toBe(0);
  });

  test.each([
    ["If-Match", "v1"],
    ["If-Match", ""],
    ["If-Match", ","],
    ["If-Match", '"a" "b"'],
    ["If-Match", '*, "a"'],
    ["If-Match", '"a'],
    ["If-None-Match", "w/E"],
    ["If-None-Match", "yes"],
  ])("answers 400 to %s: %j, and stores nothing", async (name, field) => {
    const client = await world().member();

    const { status, json } = await put(client, { [name]: field });

    expect(status).toBe(400);
    expect(json.errors).toEqual([{ in: "header", pointer: name, detail: expect.any(String) }]);
    expect(await namesOf(client)).toEqual([]);
  });

  test("looks at the condition before onConflict", async () => {
    const client = await world().member();
    const { etag } = await client.store("a", "old");

    const answers = [
      await put(client, { "If-None-Match": "*" }, "&onConflict=fail"),
      await put(client, { "If-Match": etag }, "&onConflict=fail"),
      await put(client, { "If-None-Match": "*" }, "&onConflict=rename"),
      await put(client, { "If-Match": etag }, "&onConflict=rename"),
    ];

    expect(answers.map(({ status }) => status)).toEqual([412, 409, 412, 201]);
    expect(await namesOf(client)).toEqual(["a", "a (2)"]);
  });

  test(`lets one of ${AT_ONCE} at once replace a version, and 412 are the others`, async () => {
    const client = await world().member();
    const file = await client.store("a", "old");
    const contents = Array.from({ length: AT_ONCE }, (_, n) => `content ${n}`);

    const answers = await Promise.all(
      contents.map((text) => client.put("/api/v1/files?name=a", text, { "If-Match": file.etag })),
    );

    expect(statuses(answers)).toEqual([200, ...Array<number>(AT_ONCE - 1).fill(412)]);
    const winner = answers.findIndex(({ status }) => status === 200);
    expect(await textOf(client, file)).toBe(contents[winner]);
    await world().settle();
    expect(await client.usage()).toMatchObject({
      bytes: 3 + (contents[winner]?.length ?? 0),
      reservedBytes: 0,
      files: 1,
    });
  });

  test(`lets one of ${AT_ONCE} at once have a free name`, async () => {
    const client = await world().member();

    const answers = await Promise.all(
      Array.from({ length: AT_ONCE }, () => put(client, { "If-None-Match": "*" })),
    );

    expect(statuses(answers)).toEqual([201, ...Array<number>(AT_ONCE - 1).fill(412)]);
  });
});

describe("A form with a condition", () => {
  test("holds each of its files to it", async () => {
    const client = await world().member();
    await client.store("taken", "old");
    const files = ["free", "taken", "twice", "twice"].map((name) => ({ name, bytes: "new" }));

    const { status, json } = await client.upload(files, "/api/v1/upload", { "If-None-Match": "*" });

    expect(status).toBe(207);
    expect(json.items.map((item) => item.status)).toEqual([201, 412, 201, 412]);
    expect(json.items[1]?.problem.code).toBe("precondition-failed");
    expect(await namesOf(client)).toEqual(["free", "taken", "twice"]);
  });

  test("of one file is answered 412 when it does not hold", async () => {
    const client = await world().member();
    const file = await client.store("a", "old");

    const { status, json } = await client.upload([{ name: "a", bytes: "new" }], "/api/v1/files", {
      "If-Match": NO_VERSION,
    });

    expect([status, json.code]).toEqual([412, "precondition-failed"]);
    expect(await textOf(client, file)).toBe("old");
  });
});
