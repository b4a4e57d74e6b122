import { describe, expect, test } from "@jest/globals";
import { useWorld } from "../../support/use-world.js";
import { API, give, people } from "./people.js";

const world = useWorld();

const base64 = (text: string) => Buffer.from(text).toString("base64");

describe("what is shared", () => {
  test("is found by a search in its folder", async () => {
    const all = await people(world());
    await give(all, "viewer");

    const { json } = await all.guest.get(`${API}/search?q=a&folderId=${all.folder}`);

    expect(json.items).toMatchObject([{ id: all.file, path: "/inner/a.txt" }]);
  });

  test("is no folder for an API key, which would reach nothing in it", async () => {
    const all = await people(world());
    await give(all, "editor");

    const { status, json } = await all.guest.post(`${API}/api-keys`, {
      ...{ name: "key", scopes: ["files:read"], rootFolderId: all.folder },
    });

    expect(status).toBe(400);
    expect(json.errors).toMatchObject([{ pointer: "/rootFolderId" }]);
  });

  test("is copied with all that it holds into one's own folders", async () => {
    const all = await people(world());
    await give(all, "viewer");
    const own = (await all.guest.makeFolder("own")).id;

    const { json, status } = await all.guest.post(`${API}/folders/${all.folder}/copy`, {
      folderId: own,
    });
    expect(status).toBe(202);
    await world().settle();
    expect((await all.guest.get(json.links.job)).json).toMatchObject({ state: "succeeded" });
    const copy = await all.guest.get(`${API}/by-path/own/shared/inner/a.txt`);
    expect(copy.bytes.toString()).toBe("hello");
  });

  test("takes resumable uploads, and changes of many at once", async () => {
    const all = await people(world());
    await give(all, "editor");
    const begun = await all.guest.post(`${API}/uploads`, undefined, {
      "Tus-Resumable": "1.0.0",
      "Upload-Length": "3",
      "Upload-Metadata": `filename ${base64("tus.txt")},folderId ${base64(all.inner)}`,
    });
    expect(begun.status).toBe(201);
    const location = new URL(begun.headers["location"] ?? "", world().url).pathname;
    const seen = await all.guest.head(location, { "Tus-Resumable": "1.0.0" });
    expect([seen.status, seen.headers["upload-length"]]).toEqual([200, "3"]);
    const ended = await all.guest.delete(location, { "Tus-Resumable": "1.0.0" });
    expect(ended.status).toBe(204);
    const batch = await all.guest.post(`${API}/batch`, {
      operations: [{ op: "move", id: all.file, folderId: all.folder }],
    });
    expect(batch.json.items).toMatchObject([{ status: 200 }]);
    expect((await all.owner.get(`${API}/by-path/shared/a.txt`)).bytes.toString()).toBe("hello");
    const job = await all.guest.post(`${API}/jobs`, {
      selection: { ids: [all.file] },
      operation: { op: "delete" },
    });
    await world().settle();
    expect((await all.guest.get(job.json.links.job)).json).toMatchObject({ state: "succeeded" });
    expect((await all.owner.get(`${API}/files/${all.file}`)).status).toBe(404);
  });
});
