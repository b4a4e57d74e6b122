import { randomBytes } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { eventually } from "../../support/eventually.js";
import { useWorld } from "../../support/use-world.js";
import { makeUrl } from "./make.js";

const world = useWorld();

describe("A URL for PUT", () => {
  test("stores the next version of its file, whatever that is called by then", async () => {
    const owner = await world().member();
    const { id } = await owner.store("a.txt", "first");
    const { url } = await makeUrl(owner, id, { method: "PUT" });
    await owner.patch(`/api/v1/files/${id}`, { name: "b.txt" });
    await owner.store("a.txt", "another file");

    const stored = await world().visitor().put(url, "second");
    const large = randomBytes(300_000);
    await world().visitor().put(url, large);

    expect(stored.status).toBe(200);
    expect(stored.json).toEqual({
      versionId: expect.any(String),
      sizeBytes: 6,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect((await owner.get(`/api/v1/files/${id}`)).bytes).toEqual(large);
    const { items } = (await owner.get(`/api/v1/files/${id}/versions`)).json;
    expect(items.map(({ sizeBytes }: { sizeBytes: number }) => sizeBytes)).toEqual([300_000, 6, 5]);
    expect((await owner.get("/api/v1/files?name=a")).json.items).toHaveLength(1);
  });

  test("keeps the condition of a request", async () => {
    const owner = await world().member();
    const { id, etag } = await owner.store("a", "first");
    const { url } = await makeUrl(owner, id, { method: "PUT" });
    const visitor = world().visitor();

    expect((await visitor.put(url, "", { "If-Match": etag })).status).toBe(200);
    expect((await visitor.put(url, "third", { "If-Match": etag })).status).toBe(412);
    expect((await owner.get(`/api/v1/files/${id}`)).bytes.toString()).toBe("");
  });

  test("stores nothing in a file that was deleted meanwhile", async () => {
    const owner = await world().member();
    const { id } = await owner.store("a", "first");
    const { url } = await makeUrl(owner, id, { method: "PUT" });
    const raw = await world().raw();
    raw.send(
      `PUT ${url} HTTP/1.1\r\nHost: a\r\nContent-Length: 40000\r\nConnection: close\r\n\r\n`,
    );
    raw.send("x".repeat(20_000));
    await eventually(
      () => world().mongo.db.collection("uploads").countDocuments(),
      (count) => count === 1,
    );

    await owner.delete(`/api/v1/files/${id}`);
    raw.send("x".repeat(20_000));

    expect((await raw.ended()).status).toBe(404);
    expect((await owner.get("/api/v1/files")).json.items).toEqual([]);
  });
});
