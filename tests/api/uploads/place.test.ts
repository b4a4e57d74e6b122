import { describe, expect, test } from "@jest/globals";
import type { Entry } from "../../../common/entries/entry.js";
import { newId } from "../../../common/platform/ids.js";
import type { Client } from "../../support/client.js";
import { TusClient, uploadMetadata } from "../../support/tus-client.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const entries = () => world().mongo.db.collection<Entry>("entries");

const DOORS = [
  [
    "PUT /files",
    (client: Client, query: string) => client.put(`/api/v1/files?name=a&${query}`, "hello"),
  ],
  [
    "POST /files",
    (client: Client, query: string) =>
      client.upload([{ name: "a", bytes: "hello" }], `/api/v1/files?${query}`),
  ],
  [
    "tus, in Upload-Metadata",
    async (client: Client, query: string) => {
      const folderId = new URLSearchParams(query).get("folderId") ?? "";
      const fields = { "Upload-Length": "5", ...uploadMetadata({ filename: "a", folderId }) };
      const answer = await new TusClient(client).create(fields, Buffer.from("hello"));
      return { status: answer.status, json: answer.problem };
    },
  ],
] as const;

describe.each(DOORS)("%s with a folderId", (_, send) => {
  test("stores into that folder, where its names are its own: 201", async () => {
    const client = await world().member();
    const { id: ownerId } = await world().actorOf(client);
    const { id: folderId } = await client.makeFolder("folder");
    await client.store("a", "other");

    const { status } = await send(client, `folderId=${folderId}`);

    expect(status).toBe(201);
    const stored = await entries().find({ name: "a" }).toArray();
    expect(stored.filter(({ parentId }) => parentId === folderId)).toMatchObject([
      { kind: "file", ownerId, actorId: ownerId },
    ]);
  });

  test("of root stores at the top: 201", async () => {
    const client = await world().member();

    expect((await send(client, "folderId=root")).status).toBe(201);

    expect((await client.get("/api/v1/files")).json.items.map(({ name }) => name)).toEqual(["a"]);
  });

  test.each([
    ["that does not exist", () => Promise.resolve(newId())],
    ["that is malformed", () => Promise.resolve("a/b")],
    ["of somebody else", async () => (await (await world().member()).makeFolder("folder")).id],
    ["that names a file", async (client: Client) => (await client.store("file", "x")).id],
  ])("%s is 404, and nothing is stored", async (__, find) => {
    const client = await world().member();
    const folderId = await find(client);

    const { status, json } = await send(client, `folderId=${encodeURIComponent(folderId)}`);

    expect(status).toBe(404);
    expect(json).toMatchObject({ code: "not-found" });
    expect(await entries().countDocuments({ parentId: folderId })).toBe(0);
  });
});

describe("An upload whose name a folder has", () => {
  const put = (client: Client, query = "", headers = {}) =>
    client.put(`/api/v1/files?name=taken${query}`, "hello", headers);

  test.each(["", "&onConflict=version", "&onConflict=fail"])(
    "is 409 with the query '%s'",
    async (query) => {
      const client = await world().member();
      await client.makeFolder("taken");

      const { status, json } = await put(client, query);

      expect(status).toBe(409);
      expect(json).toMatchObject({ code: "name-taken" });
      expect(await client.usage()).toMatchObject({ bytes: 0, reservedBytes: 0, files: 0 });
    },
  );

  test("is stored under a free name with onConflict=rename: 201", async () => {
    const client = await world().member();
    await client.makeFolder("taken");

    const { status, json } = await put(client, "&onConflict=rename");

    expect(status).toBe(201);
    expect(json).toMatchObject({ name: "taken (2)" });
  });

  test.each([{ "If-None-Match": "*" }, { "If-Match": `"${newId()}"` }])(
    "is 412 with %j",
    async (headers) => {
      const client = await world().member();
      await client.makeFolder("taken");

      expect((await put(client, "", headers)).status).toBe(412);
    },
  );
});
