import { randomBytes } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { newId } from "../../../common/platform/ids.js";
import { openBucket } from "../../../common/storage/bucket.js";
import type { VersionDoc } from "../../../common/versions/version.js";
import type { Client } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const copy = (client: Client, id: string, body: object = {}) =>
  client.post(`/api/v1/files/${id}/copy`, body);

const textOf = async (client: Client, path: string) => (await client.get(path)).bytes.toString();

const chunks = () => openBucket(world().mongo.db).chunks.countDocuments();
const versions = () => world().mongo.db.collection<VersionDoc>("versions");

describe("POST /files/{id}/copy", () => {
  test.each([0, 5, 16 * 1024, 500_000])(
    "answers 201 with a file of %i bytes beside it, ready at once, and stores no byte",
    async (size) => {
      const client = await world().member();
      const content = randomBytes(size);
      const file = await client.store("a.bin", content);
      await world().settle();
      const before = await chunks();

      const { status, json, headers } = await copy(client, file.id);

      expect(status).toBe(201);
      const type = (await client.get(file.links.metadata)).json.type;
      expect(json).toMatchObject({ name: "a (2).bin", sizeBytes: size, sha256: file.sha256 });
      expect(json).toMatchObject({ folderId: file.folderId, state: "ready", type });
      expect(json.etag).not.toBe(file.etag);
      expect(headers["etag"]).toBe(json.etag);
      expect(headers["location"]).toMatch(new RegExp(`${json.links.content}$`));
      expect(await chunks()).toBe(before);
      expect((await client.get(json.links.content)).bytes.equals(content)).toBe(true);
      await world().settle();
      expect(await client.usage()).toMatchObject({ bytes: 2 * size, files: 2, reservedBytes: 0 });
    },
  );

  test("puts the copy into another folder under another name, and keeps when its content was made", async () => {
    const client = await world().member();
    const modifiedAt = "2020-02-03T04:05:06.789Z";
    const file = (await client.put(`/api/v1/files?name=a&modifiedAt=${modifiedAt}`, "hello")).json;
    const folder = await client.makeFolder("f");

    const { json } = await copy(client, file.id, { folderId: folder.id, name: "b" });

    expect(json).toMatchObject({ name: "b", folderId: folder.id, modifiedAt });
  });

  test("takes over what is said about the file, but not that it is a favourite", async () => {
    const client = await world().member();
    const file = await client.store("a", "hello");
    const said = {
      tags: ["red", "blue"],
      description: "A file",
      properties: { "some.key": "value" },
      modifiedAt: "2020-02-03T04:05:06.789Z",
    };
    await client.patch(`/api/v1/files/${file.id}`, { ...said, isFavourite: true });

    const { json } = await copy(client, file.id, { name: "b" });

    expect(json).toMatchObject({ ...said, tags: ["blue", "red"], isFavourite: false });
    const found = await client.get("/api/v1/search?tag=red");
    expect(found.json.items.map(({ name }) => name).sort()).toEqual(["a", "b"]);
  });

  test("gives a copy that was not inspected yet an inspection of its own", async () => {
    const client = await world().member();
    const file = await client.store("a", "hello");

    const { json } = await copy(client, file.id);
    expect(json).toMatchObject({ state: "processing", type: null });
    await world().settle();

    expect((await client.get(json.links.metadata)).json).toMatchObject({
      state: "ready",
      type: "text/plain",
    });
  });

  test("outlives the file that it was made of, and what replaces it", async () => {
    const client = await world().member();
    const file = await client.store("a", "hello");
    const first = (await copy(client, file.id)).json;
    const second = (await copy(client, first.id)).json;

    await client.delete(file.links.content);
    await client.store(first.name, "other");
    await world().settle();
    expect(await textOf(client, second.links.content)).toBe("hello");
    await client.delete(first.links.content);
    await world().settle();
    expect(await textOf(client, second.links.content)).toBe("hello");
    await client.delete(second.links.content);
    await world().settle();

    expect(
      await versions().countDocuments({ ownerId: (await client.get("/api/v1/me")).json.id }),
    ).toBe(0);
    expect(await client.usage()).toMatchObject({ bytes: 0, files: 0 });
  });

  test("answers 200 where the name has a file and onConflict is version, and 409 where it is fail", async () => {
    const client = await world().member();
    const file = await client.store("a", "hello");
    const other = await client.store("b", "other");

    const refused = await copy(client, file.id, { name: "b", onConflict: "fail" });
    const replaced = await copy(client, file.id, { name: "b", onConflict: "version" });

    expect(refused.json).toMatchObject({ status: 409, code: "name-taken" });
    expect(replaced.status).toBe(200);
    expect(replaced.json).toMatchObject({ id: other.id, sha256: file.sha256 });
    await world().settle();
    expect(await client.usage()).toMatchObject({ bytes: 15, files: 2 });
  });

  test("answers 507 where there is no room for a second one, and stores nothing", async () => {
    const client = await world().member();
    const file = await client.store("a", "hello");
    await world().settle();
    const { id } = (await client.get("/api/v1/me")).json;
    await world().services.accountAdministration.change(id, { limitBytes: 9 });

    const { json } = await copy(client, file.id);

    expect(json).toMatchObject({ status: 507, code: "quota-exceeded", availableBytes: 4 });
    await world().services.accountAdministration.change(id, { limitBytes: 10 });
    expect((await copy(client, file.id)).status).toBe(201);
  });

  test("answers 404 for another account's file or folder, and for none", async () => {
    const [client, other] = [await world().member(), await world().member()];
    const mine = await client.store("a", "hello");
    const theirs = await other.store("a", "hello");
    const folder = await other.makeFolder("f");

    expect((await copy(client, theirs.id)).status).toBe(404);
    expect((await copy(client, newId())).status).toBe(404);
    expect((await copy(client, mine.id, { folderId: folder.id })).status).toBe(404);
    expect((await copy(world().visitor(), mine.id)).status).toBe(401);
  });

  test("answers 400 for an invalid name, and for an unknown field", async () => {
    const client = await world().member();
    const { id } = await client.store("a", "hello");

    expect((await copy(client, id, { name: "a/b" })).json).toMatchObject({
      code: "invalid-name",
      errors: [{ in: "body", pointer: "/name" }],
    });
    expect((await copy(client, id, { mode: 1 })).json).toMatchObject({ code: "invalid-request" });
  });

  test("makes as many copies as are asked for at once", async () => {
    const client = await world().member();
    const { id } = await client.store("a", "hello");

    const answers = await Promise.all(Array.from({ length: 12 }, () => copy(client, id)));

    expect(answers.map(({ status }) => status)).toEqual(Array(12).fill(201));
    expect(new Set(answers.map(({ json }) => json.name)).size).toBe(12);
    await world().settle();
    expect(await client.usage()).toMatchObject({ bytes: 65, files: 13 });
  });

  test("either copies a file that is deleted at once, or answers 404", async () => {
    const client = await world().member();
    for (let round = 0; round < 5; round += 1) {
      const { id, links } = await client.store("a", "hello");
      const [made] = await Promise.all([
        copy(client, id),
        client.delete(links.content),
        world().settle(),
      ]);

      expect([201, 404]).toContain(made.status);
      await world().settle();
      if (made.status === 201) {
        expect(await textOf(client, made.json.links.content)).toBe("hello");
      }
    }
  });
});
