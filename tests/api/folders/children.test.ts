import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { SORT_ORDERS } from "../../../common/entries/listing.js";
import type { Client } from "../../support/client.js";
import type { FolderJson } from "../../support/answer-json.js";
import { TusClient, uploadMetadata } from "../../support/tus-client.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

type Kind = "file" | "folder";

/** In code units, the last comes before the one before it; in UTF-8, as MongoDB compares, it does not. */
const CHILDREN: readonly (readonly [Kind, string, string])[] = [
  ["file", "b", "333"],
  ["folder", "a", ""],
  ["file", "C", "1"],
  ["folder", "Ab", ""],
  ["folder", "\uff5e", ""],
  ["file", "\u{1f600}", "22"],
];

async function fill(client: Client): Promise<FolderJson> {
  const folder = await client.makeFolder("folder");
  for (const [kind, name, bytes] of CHILDREN) {
    if (kind === "folder") await client.makeFolder(name, folder.id);
    else await put(client, { folderId: folder.id, name, bytes });
  }
  return folder;
}

async function put(
  client: Client,
  { folderId, name, bytes }: Readonly<Record<"folderId" | "name" | "bytes", string>>,
) {
  const path = `/api/v1/files?folderId=${folderId}&name=${encodeURIComponent(name)}`;
  expect((await client.put(path, bytes)).status).toBe(201);
}

async function names(client: Client, path: string): Promise<string[]> {
  const { status, json } = await client.get(path);
  expect(status).toBe(200);
  return json.items.map(({ name }) => name);
}

/** All pages of a list. */
async function walk(client: Client, path: string): Promise<string[]> {
  const seen: string[] = [];
  let next: string | null = "";
  while (next !== null) {
    const { json } = await client.get(next === "" ? path : `${path}&cursor=${next}`);
    seen.push(...json.items.map(({ name }) => name));
    next = json.nextCursor;
  }
  return seen;
}

const DOORS: [string, (client: Client, folderId: string) => Promise<unknown>][] = [
  [
    "a raw PUT",
    (client, folderId) => client.put(`/api/v1/files?name=a&folderId=${folderId}`, "hello"),
  ],
  [
    "a form",
    (client, folderId) =>
      client.upload([{ name: "a", bytes: "hello" }], `/api/v1/files?folderId=${folderId}`),
  ],
  [
    "tus",
    (client, folderId) => {
      const fields = { "Upload-Length": "5", ...uploadMetadata({ filename: "a", folderId }) };
      return new TusClient({ url: world().url, cookie: client.cookie }).begin(
        fields,
        Buffer.from("hello"),
      );
    },
  ],
];

describe("GET /folders/{id}/children", () => {
  test("shows files and folders as their own metadata shows them", async () => {
    const client = await world().member();
    const { links, id } = await fill(client);

    const { status, json } = await client.get(`${links.children}?total=true`);

    expect(status).toBe(200);
    expect(json).toMatchObject({ limit: 100, nextCursor: null, total: CHILDREN.length });
    for (const item of json.items) {
      expect((await client.get(item.links.metadata)).json).toMatchObject(item);
      const parent = item.kind === "file" ? { folderId: id } : { parentId: id };
      expect(item).toMatchObject(parent);
    }
  });

  test.each([
    ["", ["\u{1f600}", "\uff5e", "Ab", "C", "a", "b"]],
    ["?sort=-date", ["\u{1f600}", "\uff5e", "Ab", "C", "a", "b"]],
    ["?sort=date", ["b", "a", "C", "Ab", "\uff5e", "\u{1f600}"]],
    ["?sort=name", ["a", "Ab", "b", "C", "\uff5e", "\u{1f600}"]],
    ["?sort=-name", ["\u{1f600}", "\uff5e", "C", "b", "Ab", "a"]],
    ["?name=a&sort=name", ["a", "Ab"]],
    ["?type=text/*&sort=name", ["b", "C", "\u{1f600}"]],
  ])("has both kinds in one order with %j", async (query, expected) => {
    const client = await world().member();
    const { links } = await fill(client);
    await world().settle();

    expect(await names(client, links.children + query)).toEqual(expected);
  });

  test("sorts folders by size as if they had 0 bytes", async () => {
    const client = await world().member();
    const { links } = await fill(client);

    const bySize = await names(client, `${links.children}?sort=size`);

    expect(bySize.slice(0, 3).sort()).toEqual(["Ab", "a", "\uff5e"]);
    expect(bySize.slice(3)).toEqual(["C", "\u{1f600}", "b"]);
    expect(await names(client, `${links.children}?sort=-size`)).toEqual(bySize.toReversed());
  });

  test("has pages of any size that are the same list, in every order", async () => {
    const client = await world().member();
    const { links } = await fill(client);

    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...SORT_ORDERS),
        fc.integer({ min: 1, max: 7 }),
        async (sort, limit) => {
          const list = `${links.children}?sort=${sort}`;
          expect(await walk(client, `${list}&limit=${limit}`)).toEqual(await names(client, list));
        },
      ),
      { numRuns: 20 },
    );
  });

  test("has the folders first with foldersFirst, in pages of any size and in every order", async () => {
    const client = await world().member();
    const { links } = await fill(client);
    const folders = ["a", "Ab", "\uff5e"];

    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...SORT_ORDERS),
        fc.integer({ min: 1, max: 7 }),
        async (sort, limit) => {
          const mixed = await names(client, `${links.children}?sort=${sort}`);
          const isFolder = (name: string) => folders.includes(name);
          const expected = [...mixed.filter(isFolder), ...mixed.filter((name) => !isFolder(name))];
          const list = `${links.children}?sort=${sort}&foldersFirst=true&limit=${limit}`;
          expect(await walk(client, list)).toEqual(expected);
        },
      ),
      { numRuns: 30 },
    );
  });

  test("counts and filters with foldersFirst as without it", async () => {
    const client = await world().member();
    const { links } = await fill(client);
    await world().settle();
    const list = `${links.children}?sort=name&foldersFirst=true`;

    expect((await client.get(`${list}&total=true&limit=1`)).json.total).toBe(CHILDREN.length);
    expect(await names(client, `${list}&name=a`)).toEqual(["a", "Ab"]);
    expect(await walk(client, `${list}&type=text/*&limit=1`)).toEqual(["b", "C", "\u{1f600}"]);
  });

  test("goes on only in the list that a cursor was made for", async () => {
    const client = await world().member();
    const { links } = await fill(client);
    const list = `${links.children}?limit=1`;
    const { nextCursor } = (await client.get(`${list}&foldersFirst=true`)).json;
    const { nextCursor: other } = (await client.get(list)).json;

    for (const query of [`&cursor=${nextCursor}`, `&foldersFirst=true&cursor=${other}`]) {
      const { status, json } = await client.get(list + query);
      expect([status, json]).toMatchObject([400, { code: "invalid-cursor" }]);
    }
  });

  test("links to the next page", async () => {
    const client = await world().member();
    const { links } = await fill(client);

    const first = await client.get(`${links.children}?limit=4&sort=name`);
    const [, link = ""] = /^<(.+)>; rel="next"$/.exec(first.headers["link"] ?? "") ?? [];

    expect(await names(client, link)).toEqual(["\uff5e", "\u{1f600}"]);
  });

  test.each([
    ["limit=0", "limit"],
    ["sort=kind", "sort"],
    ["type=image", "type"],
    ["kind=file", "kind"],
    ["name[$regex]=.*", "name[$regex]"],
  ])("answers 400 with a pointer to %j", async (query, pointer) => {
    const { status, json } = await (
      await world().member()
    ).get(`/api/v1/folders/root/children?${query}`);

    expect(status).toBe(400);
    expect(json.errors).toMatchObject([{ in: "query", pointer }]);
  });

  test("answers 400 to a cursor of GET /files", async () => {
    const client = await world().member();
    await client.store("a", "");
    await client.store("b", "");
    const { nextCursor } = (await client.get("/api/v1/files?limit=1")).json;

    const { status, json } = await client.get(
      `/api/v1/folders/root/children?limit=1&cursor=${nextCursor}`,
    );

    expect(status).toBe(400);
    expect(json.code).toBe("invalid-cursor");
  });
});

describe.each(DOORS)("A file that %s stores into a folder", (_, send) => {
  test("is listed there, and not in GET /files", async () => {
    const client = await world().member();
    const { id, links } = await client.makeFolder("folder");
    await client.store("top", "hello");

    await send(client, id);

    const { items } = (await client.get(links.children)).json;
    expect(items).toMatchObject([{ kind: "file", name: "a", folderId: id, sizeBytes: 5 }]);
    expect(await names(client, "/api/v1/files")).toEqual(["top"]);
    expect(await names(client, "/api/v1/folders/root/children?sort=date")).toEqual([
      "folder",
      "top",
    ]);
    expect((await client.get(items[0]?.links.content ?? "")).bytes.toString()).toBe("hello");
  });
});
