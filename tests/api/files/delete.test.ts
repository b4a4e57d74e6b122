import { describe, expect, test } from "@jest/globals";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const count = (collection: string) => world().mongo.db.collection(collection).countDocuments();

describe("DELETE /files/{id}", () => {
  test("answers 204, and the file is gone for every reader at once", async () => {
    const client = await world().member();
    const { links, etag } = await client.store("a.txt", "hello");

    expect((await client.delete(links.content)).status).toBe(204);

    for (const path of [links.content, links.metadata]) {
      expect((await client.get(path)).status).toBe(404);
    }
    expect((await client.head(links.content)).status).toBe(404);
    expect((await client.get(links.content, { "If-None-Match": etag })).status).toBe(404);
    expect((await client.get(links.content, { Range: "bytes=0-0" })).status).toBe(404);
    expect((await client.delete(links.content)).status).toBe(404);
    expect((await client.get("/api/v1/files?total=true")).json).toMatchObject({
      items: [],
      total: 0,
    });
  });

  test("frees the name at once, and the room and every document soon", async () => {
    const client = await world().member();
    const { id, links } = await client.store("a.txt", "first");
    await client.store("a.txt", "second");
    await world().settle();

    await client.delete(links.content);
    const next = await client.store("a.txt", "third");
    await world().settle();

    expect(next.id).not.toBe(id);
    expect(await client.usage()).toMatchObject({ bytes: 5, files: 1, reservedBytes: 0 });
    await client.delete(next.links.content);
    await world().settle();
    for (const collection of ["entries", "versions", "blobs.files", "blobs.chunks", "uploads"]) {
      expect([collection, await count(collection)]).toEqual([collection, 0]);
    }
  });

  test("answers 204 to one and 404 to all others who delete a file at once, and frees its room once", async () => {
    const client = await world().member();
    await client.store("kept", "12345");

    for (let round = 0; round < 5; round += 1) {
      const { links } = await client.store("a", "hello");
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => client.delete(links.content)),
      );
      const statuses = answers.map(({ status }) => status).sort();
      expect(statuses).toEqual([204, ...Array<number>(19).fill(404)]);
    }

    await world().settle();
    expect(await client.usage()).toMatchObject({ bytes: 5, files: 1 });
  });

  test("answers 401 without a session, 404 to a malformed id and 400 to a parameter", async () => {
    const client = await world().member();
    const { links } = await client.store("a", "hello");

    expect((await world().visitor().delete(links.content)).status).toBe(401);
    expect((await client.delete("/api/v1/files/x")).status).toBe(404);
    expect((await client.get(links.content)).status).toBe(200);
  });
});
