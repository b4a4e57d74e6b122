import { describe, expect, test } from "@jest/globals";
import { newId } from "../../../common/platform/ids.js";
import { NOTHING_LEFT } from "../../support/invariants.js";
import type { Answer, Client } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

type Verb = (client: Client, path: string, etag: string) => Promise<Answer>;

const verbs: [string, Verb][] = [
  ["GET", (client, path) => client.get(path)],
  ["HEAD", (client, path) => client.head(path)],
  ["GET of a range", (client, path) => client.get(path, { Range: "bytes=0-0" })],
  ["GET of a range beyond its end", (client, path) => client.get(path, { Range: "bytes=99-" })],
  ["GET if it changed", (client, path, etag) => client.get(path, { "If-None-Match": etag })],
  ["GET if it did not", (client, path) => client.get(path, { "If-Match": '"other"' })],
  ["GET of its metadata", (client, path) => client.get(`${path}/metadata`)],
  ["DELETE", (client, path) => client.delete(path)],
];

describe("Somebody else's file", () => {
  test.each(verbs)("is answered to %s exactly as one that does not exist", async (_, ask) => {
    const [john, jane] = [await world().member(), await world().member()];
    const { links, etag } = await john.store("private.txt", "secret");
    const nowhere = `/api/v1/files/${newId()}`;

    const [found, missing] = [await ask(jane, links.content, etag), await ask(jane, nowhere, etag)];

    expect(found.status).toBe(404);
    expect(anonymous(found)).toEqual(anonymous(missing));
    expect((await john.get(links.content)).bytes.toString()).toBe("secret");
  });

  test("does not take part in its name, its quota, or its lists", async () => {
    const [john, jane] = [await world().member(), await world().member()];
    const { id } = await john.store("same", "secret");

    const { status, json } = await jane.put("/api/v1/files?name=same&onConflict=fail", "own");

    expect(status).toBe(201);
    expect(json.id).not.toBe(id);
    await world().settle();
    expect(await john.usage()).toMatchObject({ bytes: 6, files: 1 });
    expect(await jane.usage()).toMatchObject({ bytes: 3, files: 1 });
    expect((await jane.get("/api/v1/files?total=true")).json).toMatchObject({ total: 1 });
    expect(await world().leftovers()).toEqual(NOTHING_LEFT);
  });
});

const folderVerbs: [string, (client: Client, id: string) => Promise<Answer>][] = [
  ["GET", (client, id) => client.get(`/api/v1/folders/${id}`)],
  ["GET of its children", (client, id) => client.get(`/api/v1/folders/${id}/children`)],
  [
    "POST of a folder into it",
    (client, id) => client.post("/api/v1/folders", { name: "a", parentId: id }),
  ],
  ["PUT of a file into it", (client, id) => client.put(`/api/v1/files?name=a&folderId=${id}`, "a")],
];

describe("Somebody else's folder", () => {
  test.each(folderVerbs)("is answered to %s exactly as one that does not exist", async (_, ask) => {
    const [john, jane] = [await world().member(), await world().member()];
    const { id, links } = await john.makeFolder("private");

    const [found, missing] = [await ask(jane, id), await ask(jane, newId())];

    expect(found.status).toBe(404);
    expect(anonymous(found)).toEqual(anonymous(missing));
    expect((await john.get(links.children)).json.items).toEqual([]);
  });

  test.each(folderVerbs)("is answered to %s so, if it is the root", async (_, ask) => {
    const [john, jane] = [await world().member(), await world().member()];
    const { home } = await world().actorOf(john);

    const [found, missing] = [await ask(jane, home.rootFolderId), await ask(jane, newId())];

    expect(found.status).toBe(404);
    expect(anonymous(found)).toEqual(anonymous(missing));
  });
});

/** An answer without what differs between any two. */
function anonymous({ status, headers, json }: Answer) {
  const fields = Object.entries(headers).filter(
    ([name]) => !["date", "ratelimit", "x-request-id"].includes(name),
  );
  return { status, headers: Object.fromEntries(fields), json: { ...json, requestId: undefined } };
}
