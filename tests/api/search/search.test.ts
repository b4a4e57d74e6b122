import { beforeAll, describe, expect, test } from "@jest/globals";
import type { Client } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const SEARCH = "/api/v1/search";
const PNG = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex");
const PDF = Buffer.from("%PDF-1.7\n");
const NAMES = [
  "Übersicht 2026-final.pdf",
  "IMG_2041.png",
  "img2.png",
  "img10.png",
  "Straße.txt",
  "東京タワー写真.txt",
  "myFileName.txt",
  "(a+)+$.txt",
];

/** What one search finds, in its order. */
async function names(client: Client, query: Readonly<Record<string, string>>) {
  const { status, json } = await client.get(`${SEARCH}?${new URLSearchParams(query).toString()}`);
  expect([status, json]).toEqual([200, json]);
  return json.items.map(({ name }) => name);
}

/** Somebody who has {@link NAMES}; tests only look at them. */
let owner: Client;

beforeAll(async () => {
  owner = await world().member();
  for (const name of NAMES) {
    const bytes = name.endsWith("png") ? PNG : name.endsWith("pdf") ? PDF : name;
    await owner.store(name, bytes);
  }
  await world().settle();
});

describe("GET /search by name", () => {
  test.each([
    ["final", ["Übersicht 2026-final.pdf"]],
    ["FIN uber", ["Übersicht 2026-final.pdf"]],
    ["inal", []],
    ["final missing", []],
    ["img", ["img2.png", "img10.png", "IMG_2041.png"]],
    ["img 20", ["IMG_2041.png"]],
    ["2041", ["IMG_2041.png"]],
    ["STRASSE", ["Straße.txt"]],
    ["写", ["東京タワー写真.txt"]],
    ["写真 東京", ["東京タワー写真.txt"]],
    ["名", []],
    ["file", ["myFileName.txt"]],
    ["myfile", ["myFileName.txt"]],
    [".*", []],
    ["a+", ["(a+)+$.txt"]],
  ])("finds the words of %j", async (q, expected) => {
    expect(await names(owner, { q, sort: "name" })).toEqual(expected);
  });

  test.each([
    ["inal", ["Übersicht 2026-final.pdf"]],
    ["t 2026-f", ["Übersicht 2026-final.pdf"]],
    ["mg", ["img2.png", "img10.png", "IMG_2041.png"]],
    ["g", ["img2.png", "img10.png", "IMG_2041.png"]],
    ["asse", ["Straße.txt"]],
    ["ワー写", ["東京タワー写真.txt"]],
    ["+)+$", ["(a+)+$.txt"]],
    [".*", []],
    ["png.gnp", []],
    ["txt", ["(a+)+$.txt", "myFileName.txt", "Straße.txt", "東京タワー写真.txt"]],
  ])("finds any part with match=anywhere: %j", async (q, expected) => {
    expect(await names(owner, { q, match: "anywhere", sort: "name" })).toEqual(expected);
  });

  test("looks for a query without letters and digits as a part of the name", async () => {
    expect(await names(owner, { q: "+$" })).toEqual(["(a+)+$.txt"]);
  });

  test("does not take names for parts that have all stretches of them in another order", async () => {
    const client = await world().member();
    await client.store("abcdbce.cde", "");

    expect(await names(client, { q: "abcde", match: "anywhere" })).toEqual([]);
  });

  test("follows a name to its folder", async () => {
    const client = await world().member();
    const folder = await client.makeFolder("Summer photos");

    const { json } = await client.get(`${SEARCH}?q=photo`);

    expect(json.items).toEqual([(await client.get(folder.links.metadata)).json]);
  });
});

describe("GET /search by what is known", () => {
  test.each([
    [{ type: "image/png" }, ["img2.png", "img10.png", "IMG_2041.png"]],
    [{ type: "image/*", q: "2041" }, ["IMG_2041.png"]],
    [{ type: "image" }, ["img2.png", "img10.png", "IMG_2041.png"]],
    [{ type: "document" }, ["Übersicht 2026-final.pdf"]],
    [{ type: "video" }, []],
    [{ kind: "folder" }, []],
    [{ state: "ready", q: "img2" }, ["img2.png"]],
    [{ state: "failed" }, []],
    [{ minBytes: "16", maxBytes: "16" }, ["img2.png", "img10.png", "IMG_2041.png"]],
    [{ maxBytes: "9" }, ["Übersicht 2026-final.pdf"]],
    [{ createdAfter: "2999-01-01T00:00:00Z" }, []],
    [{ createdBefore: "2000-01-01T00:00:00Z" }, []],
    [{ createdAfter: "2000-01-01T00:00:00Z", q: "img2" }, ["img2.png"]],
    [{ isFavourite: "true" }, []],
    [{ isFavourite: "false", q: "final" }, ["Übersicht 2026-final.pdf"]],
  ] as [Record<string, string>, string[]][])("finds %j", async (query, expected) => {
    expect(await names(owner, { ...query, sort: "name" })).toEqual(expected);
  });

  test("finds tags and favourites, as long as they are", async () => {
    const client = await world().member();
    const { id } = await client.store("a", "");
    await client.store("b", "");
    const path = `/api/v1/files/${id}`;

    await client.patch(path, { tags: ["tax", "e\u0301"], isFavourite: true });

    expect(await names(client, { tag: "tax" })).toEqual(["a"]);
    expect(await names(client, { tag: "\u00e9" })).toEqual(["a"]);
    expect(await names(client, { tag: "ta" })).toEqual([]);
    expect(await names(client, { isFavourite: "true" })).toEqual(["a"]);
    expect(await names(client, { isFavourite: "false" })).toEqual(["b"]);
    await client.patch(path, { tags: null, isFavourite: null });
    expect(await names(client, { tag: "tax" })).toEqual([]);
    expect(await names(client, { isFavourite: "true" })).toEqual([]);
  });

  test("takes the first instant of a range, and not the last", async () => {
    const client = await world().member();
    const [first, last] = ["2001-01-01T00:00:00.000Z", "2002-01-01T00:00:00.000Z"];
    await client.put(`/api/v1/files?name=a&modifiedAt=${first}`, "");
    await client.put(`/api/v1/files?name=b&modifiedAt=${last}`, "");

    const found = await names(client, { modifiedAfter: first, modifiedBefore: last });

    expect(found).toEqual(["a"]);
    expect(await names(client, { modifiedAfter: first, sort: "modified" })).toEqual(["a", "b"]);
    expect(await names(client, { sort: "-modified" })).toEqual(["b", "a"]);
  });

  test("finds everything without a condition, and says how much that is", async () => {
    const { json } = await owner.get(`${SEARCH}?total=true&limit=1`);

    // Where nothing narrows it down it is not counted.
    expect(json).toMatchObject({ total: null, limit: 1 });
    expect((await owner.get(`${SEARCH}?q=img&total=true&limit=1`)).json).toMatchObject({
      total: 3,
    });
    expect(await names(owner, {})).toEqual(NAMES.toReversed());
  });

  test("gives pages, each with a cursor that fits its own search only", async () => {
    const first = await owner.get(`${SEARCH}?q=img&limit=2&sort=name`);
    const [, link = ""] = /^<(.+)>; rel="next"$/.exec(first.headers["link"] ?? "") ?? [];
    const second = await owner.get(link);
    const cursor = String(first.json.nextCursor);
    const other = await owner.get(`${SEARCH}?q=im&limit=2&sort=name&cursor=${cursor}`);

    expect(first.json.items.map(({ name }) => name)).toEqual(["img2.png", "img10.png"]);
    expect(second.json.items.map(({ name }) => name)).toEqual(["IMG_2041.png"]);
    expect(second.json.nextCursor).toBeNull();
    expect(other).toMatchObject({ status: 400, json: { code: "invalid-cursor" } });
  });

  test.each([
    ["q=", "q"],
    [`q=${"a".repeat(256)}`, "q"],
    ["match=regex", "match"],
    ["type=images", "type"],
    ["type=image/**", "type"],
    ["kind=link", "kind"],
    ["state=staged", "state"],
    ["isFavourite=1", "isFavourite"],
    ["minBytes=-1", "minBytes"],
    ["createdAfter=yesterday", "createdAfter"],
    ["folderId=x", "folderId"],
    ["sort=type", "sort"],
    ["limit=0", "limit"],
    ["q[$ne]=a", "q[$ne]"],
  ])("refuses %j: 400", async (query, pointer) => {
    const { status, json } = await owner.get(`${SEARCH}?${query}`);

    expect(status).toBe(400);
    expect(json).toMatchObject({ code: "invalid-request", errors: [{ in: "query", pointer }] });
  });
});
