import { describe, expect, test } from "@jest/globals";
import type { Client } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

type Files = readonly (readonly [string, string | Buffer])[];

const owners = new Map<string, Promise<Client>>();

/** Somebody who has these files, stored in this order. Tests only look at them, so those who ask for the same share them. */
function withFiles(...files: Files): Promise<Client> {
  const key = JSON.stringify(files);
  const owner = owners.get(key) ?? storeAll(files);
  owners.set(key, owner);
  return owner;
}

async function storeAll(files: Files): Promise<Client> {
  const client = await world().member();
  for (const [name, bytes] of files) await client.store(name, bytes);
  return client;
}

async function names(client: Client, query: string): Promise<string[]> {
  const { status, json } = await client.get(`/api/v1/files${query}`);
  expect(status).toBe(200);
  return json.items.map(({ name }) => name);
}

describe("GET /files", () => {
  test("lists nothing for an account without files", async () => {
    const { status, json } = await (await world().member()).get("/api/v1/files?total=true");

    expect(status).toBe(200);
    expect(json).toEqual({ items: [], nextCursor: null, limit: 100, total: 0 });
  });

  test("lists files as their own metadata shows them", async () => {
    const client = await withFiles(["a", "1"]);
    const [item] = (await client.get("/api/v1/files")).json.items;

    expect((await client.get(item?.links.metadata ?? "")).json).toMatchObject(item ?? {});
  });

  test.each([
    ["", ["B", "c", "ä"]],
    ["?sort=-date", ["B", "c", "ä"]],
    ["?sort=date", ["ä", "c", "B"]],
    ["?sort=name", ["ä", "B", "c"]],
    ["?sort=-name", ["c", "B", "ä"]],
    ["?sort=size", ["c", "B", "ä"]],
    ["?sort=-size", ["ä", "B", "c"]],
  ])("sorts with %j", async (query, expected) => {
    const client = await withFiles(["ä", "333"], ["c", ""], ["B", "22"]);

    expect(await names(client, query)).toEqual(expected);
  });

  test.each([
    ["?name=ab&sort=name", ["ab", "ÀBC", "abd"]],
    ["?name=%C3%81b&sort=name", ["ab", "ÀBC", "abd"]],
    ["?name=b", ["b\u{10ffff}", "b"]],
    ["?name=.*", []],
    ["?name=%5E", []],
    ["?name=a%00", []],
  ])("finds names that begin so, whatever case and accents: %j", async (query, expected) => {
    const client = await withFiles(
      ["ab", "1"],
      ["ÀBC", "2"],
      ["abd", "3"],
      ["b", "4"],
      ["b\u{10ffff}", "5"],
      ["a", "6"],
    );

    expect(await names(client, query)).toEqual(expected);
  });

  test("finds types as they were detected, one by one and by family", async () => {
    const png = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex");
    const gif = Buffer.from("47494638396101000100000000", "hex");
    const client = await withFiles(["text", "hello"], ["png", png], ["gif", gif]);
    await world().settle();

    expect(await names(client, "?type=image/png")).toEqual(["png"]);
    expect(await names(client, "?type=image/*&sort=name")).toEqual(["gif", "png"]);
    expect(await names(client, "?type=text/plain&total=true")).toEqual(["text"]);
    expect(await names(client, "?type=video/*")).toEqual([]);
  });

  test("gives pages, each with a cursor and a link to the next", async () => {
    const client = await withFiles(["a", ""], ["b", ""], ["c", ""]);

    const first = await client.get("/api/v1/files?limit=2&sort=name&total=true");
    const [, link = ""] = /^<(.+)>; rel="next"$/.exec(first.headers["link"] ?? "") ?? [];
    const second = await client.get(link);

    expect(first.json).toMatchObject({ limit: 2, total: 3, items: [{ name: "a" }, { name: "b" }] });
    expect(new URL(link, "http://a").searchParams.get("cursor")).toBe(first.json.nextCursor);
    expect(second.json).toMatchObject({ limit: 2, nextCursor: null, items: [{ name: "c" }] });
    expect(second.headers["link"]).toBeUndefined();
  });

  test("answers 401 without a session", async () => {
    expect((await world().visitor().get("/api/v1/files")).status).toBe(401);
  });

  test.each([
    ["limit=0", "limit"],
    ["limit=1001", "limit"],
    ["limit=-1", "limit"],
    ["limit=1e2", "limit"],
    ["limit=NaN", "limit"],
    ["limit=0x10", "limit"],
    ["limit=9007199254740993", "limit"],
    ["limit=1.5", "limit"],
    ["limit=", "limit"],
    ["limit=1&limit=2", "limit"],
    ["limit[]=1", "limit[]"],
    ["limit[$gt]=1", "limit[$gt]"],
    ["sort=passwordHash", "sort"],
    ["sort=-name,date", "sort"],
    ["sort=__proto__", "sort"],
    ["name=", "name"],
    [`name=${"x".repeat(256)}`, "name"],
    ["name[$regex]=.*", "name[$regex]"],
    ["type=image", "type"],
    ["type=*/*", "type"],
    ["total=yes", "total"],
    ["cursor=%24", "cursor"],
    ["ownerId=x", "ownerId"],
    ["fields=passwordHash", "fields"],
    ["folderId=x", "folderId"],
  ])("answers 400 with a pointer to %j", async (query, pointer) => {
    const client = await withFiles();

    const { status, json } = await client.get(`/api/v1/files?${query}`);

    expect(status).toBe(400);
    expect(json.errors).toMatchObject([{ in: "query", pointer }]);
  });

  test("answers 400 to a cursor that belongs to another list, or to none", async () => {
    const client = await withFiles(["a", ""], ["b", ""]);
    const { nextCursor } = (await client.get("/api/v1/files?limit=1&sort=name")).json;

    for (const query of [
      `sort=date&cursor=${nextCursor}`,
      `sort=name&name=a&cursor=${nextCursor}`,
      `sort=name&type=image/*&cursor=${nextCursor}`,
      "sort=name&cursor=AAAA",
      `sort=name&cursor=${Buffer.from("[1,{},null]").toString("base64url")}`,
      `sort=name&cursor=${Buffer.from("null").toString("base64url")}`,
    ]) {
      const { status, json } = await client.get(`/api/v1/files?${query}`);
      expect(`${status} ${json.code}`).toBe("400 invalid-cursor");
    }
  });

  test("shows to each account its own files only, whoever's cursor it is", async () => {
    const [john, jane] = [await withFiles(["a", ""], ["b", ""]), await withFiles(["c", ""])];
    const { nextCursor } = (await john.get("/api/v1/files?limit=1&sort=name")).json;

    expect(await names(jane, `?limit=1&sort=name&cursor=${nextCursor}`)).toEqual(["c"]);
    expect(await names(jane, "?name=a")).toEqual([]);
  });
});
