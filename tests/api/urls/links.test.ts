import { randomBytes } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { eventually } from "../../support/eventually.js";
import { useWorld } from "../../support/use-world.js";
import { makeUrl } from "./make.js";

const world = useWorld();

const usesOf = (linkId: string) =>
  world()
    .mongo.db.collection("linkUses")
    .find({ linkId }, { sort: { startedAt: 1 } })
    .toArray();

describe("The log of a URL", () => {
  test("has each download, with how much of it was sent, and what goes on as one", async () => {
    const owner = await world().member();
    const bytes = randomBytes(1000);
    const { id } = await owner.store("a", bytes);
    const { url, id: linkId } = await makeUrl(owner, id);
    const visitor = world().visitor();

    await visitor.head(url);
    await visitor.get(url, { Range: "bytes=0-399" });
    await eventually(
      () => usesOf(linkId),
      ([use]) => use?.["bytes"] === 400,
    );
    const [half] = await usesOf(linkId);
    await visitor.get(url, { Range: "bytes=400-" });
    await eventually(
      () => usesOf(linkId),
      ([use]) => use?.["bytes"] === 1000,
    );
    await visitor.get(url);
    const uses = await eventually(
      () => usesOf(linkId),
      (found) => found.length === 2 && found.every((use) => use["isComplete"] === true),
    );

    const whole = { bytes: 1000, isComplete: true, entryId: id };
    const client = expect.objectContaining({ addressPrefix: "127.0.0.0/24" });
    expect(half).toMatchObject({ kind: "download", sizeBytes: 1000, isComplete: false });
    expect(uses).toEqual([
      expect.objectContaining({ ...whole, client }),
      expect.objectContaining({ ...whole, client }),
    ]);
  });

  test("has each upload", async () => {
    const owner = await world().member();
    const { id } = await owner.store("a", "first");
    const { url, id: linkId } = await makeUrl(owner, id, { method: "PUT" });

    await world().visitor().put(url, "second");

    expect(await usesOf(linkId)).toEqual([
      expect.objectContaining({ kind: "upload", entryId: id, bytes: 6, isComplete: true }),
    ]);
  });
});

describe("DELETE /links?kind=url", () => {
  test("revokes all URLs of the owner, and nothing else", async () => {
    const [owner, other] = [await world().member(), await world().member()];
    const [own, others] = [await owner.store("a", "a"), await other.store("a", "a")];
    const [first, second] = [await makeUrl(owner, own.id), await makeUrl(owner, own.id)];
    const foreign = await makeUrl(other, others.id);
    const share = await owner.post("/api/v1/links", { entryId: own.id, permission: "view" });

    expect((await owner.delete("/api/v1/links?kind=url")).status).toBe(204);

    const asked = [first.url, second.url, foreign.url].map((url) => world().visitor().get(url));
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([404, 404, 200]);
    const { items } = (await owner.get("/api/v1/links?state=active")).json;
    expect(items).toEqual([expect.objectContaining({ id: share.json.id })]);
  });

  test("is not for a credential that may not leave a folder", async () => {
    const owner = await world().member();
    const { id: rootFolderId } = await owner.makeFolder("folder");
    const { id } = await owner.store("a", "a");
    const { url } = await makeUrl(owner, id);
    const { client } = await owner.makeKey(["links:write"], { rootFolderId });

    expect((await client.delete("/api/v1/links?kind=url")).status).toBe(404);
    expect((await world().visitor().get(url)).status).toBe(200);
  });
});

describe("The list of links", () => {
  test("has a URL as it is handed on, which opens the file", async () => {
    const owner = await world().member();
    const { id } = await owner.store("a", "content");
    const made = await makeUrl(owner, id);

    const [link] = (await owner.get("/api/v1/links?kind=url")).json.items;

    expect(link?.id).toBe(made.id);
    const answer = await world()
      .visitor()
      .get((link as unknown as { url: string }).url);
    expect(answer.bytes.toString()).toBe("content");
  });
});
