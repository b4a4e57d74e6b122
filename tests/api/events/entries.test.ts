import { describe, expect, test } from "@jest/globals";
import { eventsOf, typesOf } from "../../support/events.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld({ trashRetentionMs: 86_400_000 });
const API = "/api/v1";

describe("What happens to entries", () => {
  test("is told of a file from its creation to its end", async () => {
    const client = await world().member();
    const { id, folderId } = await client.store("a.txt", "hello");
    const there = await client.makeFolder("there");
    const file = `${API}/files/${id}`;
    const acts: [act: () => Promise<unknown>, types: string[]][] = [
      [() => world().settle(), ["file.ready"]],
      [() => client.store("a.txt", "other"), ["file.updated", "upload.completed"]],
      [() => world().settle(), ["file.ready"]],
      [() => client.patch(file, { description: "x" }), ["file.updated"]],
      [() => client.patch(file, { description: "x" }), []],
      [() => client.patch(file, { name: "b.txt" }), ["file.moved"]],
      [
        () => client.patch(file, { folderId: there.id, tags: ["y"] }),
        ["file.moved", "file.updated"],
      ],
      [() => client.delete(file), ["file.trashed"]],
      [() => client.send("POST", `${API}/trash/${id}/restore`, { folderId }), ["file.restored"]],
      [() => client.delete(`${file}?permanent=true`), ["file.deleted"]],
      [() => world().settle(), []],
    ];

    for (const [act, types] of acts) expect(await typesOf(client, act)).toEqual(types);
  });

  test("says what has changed, and where the entry was", async () => {
    const client = await world().member();
    const { id, folderId } = await client.store("a.txt", "hello");
    const there = await client.makeFolder("there");

    const [moved, updated] = await eventsOf(client, () =>
      client.patch(`${API}/files/${id}`, { folderId: there.id, name: "b.txt", tags: ["y"] }),
    );

    const entry = { id, name: "b.txt", folderId: there.id };
    expect(moved).toMatchObject({ entry, from: { name: "a.txt", folderId }, door: "api" });
    expect(updated).toMatchObject({ entry, changes: ["tags"] });
  });

  test("is told of folders, not of all that they hold", async () => {
    const client = await world().member();
    const folder = await client.makeFolder("a");
    const path = `${API}/folders/${folder.id}`;
    await client.makeFolder("inside", folder.id);
    const acts: [act: () => Promise<unknown>, types: string[]][] = [
      [() => client.patch(path, { name: "b" }), ["folder.moved"]],
      [() => client.patch(path, { tags: ["x"] }), ["folder.updated"]],
      [() => client.delete(path), ["folder.trashed"]],
      [() => client.send("POST", `${API}/trash/${folder.id}/restore`), ["folder.restored"]],
      [() => client.delete(path), ["folder.trashed"]],
      [() => client.delete(`${API}/trash/${folder.id}`), ["folder.deleted"]],
      // What it holds is removed by the worker, one after the other.
      [() => world().settle(), ["folder.deleted"]],
    ];

    for (const [act, types] of acts) expect(await typesOf(client, act)).toEqual(types);
  });

  test("is told of mounts", async () => {
    const [owner, client] = [await world().member(), await world().member()];
    const { username } = (await client.get(`${API}/me`)).json;
    const folder = await owner.makeFolder("given");
    await owner.post(`${API}/shares`, { entryId: folder.id, username, role: "viewer" });
    let path = "";
    const acts: [act: () => Promise<unknown>, types: string[]][] = [
      [
        async () => {
          const { json } = await client.post(`${API}/mounts`, { entryId: folder.id });
          path = `${API}/mounts/${json.id}`;
        },
        ["mount.created"],
      ],
      [() => client.patch(path, { name: "mine" }), ["mount.moved"]],
      [() => client.patch(path, { tags: ["x"] }), ["mount.updated"]],
      [() => client.delete(path), ["mount.deleted"]],
    ];

    for (const [act, types] of acts) expect(await typesOf(client, act)).toEqual(types);
  });

  test("is told of copies, which are no uploads", async () => {
    const client = await world().member();
    const file = await client.store("a.txt", "hello");
    await world().settle();

    const events = await eventsOf(client, () =>
      client.post(`${API}/files/${file.id}/copy`, { name: "b.txt" }),
    );

    expect(events).toMatchObject([{ type: "file.created", entry: { state: "ready" } }]);
  });

  test("is told of a restored version", async () => {
    const client = await world().member();
    const { id, versionId } = await client.store("a.txt", "hello");
    await client.store("a.txt", "other");

    const events = await eventsOf(client, () =>
      client.post(`${API}/files/${id}/versions/${versionId}/restore`),
    );

    expect(events).toMatchObject([{ type: "file.updated", changes: ["content"] }]);
  });

  test("is told of an emptied trash, and of each item by the worker", async () => {
    const client = await world().member();
    const { id } = await client.store("a.txt", "hello");
    await client.delete(`${API}/files/${id}`);

    const emptied = await eventsOf(client, () => client.delete(`${API}/trash`));
    const purged = await eventsOf(client, () => world().settle());

    expect(emptied).toMatchObject([{ type: "trash.emptied", door: "api" }]);
    const deleted = { type: "file.deleted", actor: null, door: "worker", requestId: null };
    expect(purged).toContainEqual(
      expect.objectContaining({
        ...deleted,
        entry: expect.objectContaining({ id, name: "a.txt" }),
      }),
    );
  });

  test("names the door", async () => {
    const client = await world().member();
    const doors = async (act: () => Promise<unknown>) =>
      (await eventsOf(client, act)).map(({ type, door }) => `${type} ${door}`);

    expect(await doors(() => client.upload([{ name: "f.txt", bytes: "f" }]))).toEqual([
      "file.created form",
      "upload.completed form",
    ]);
    expect(await doors(() => client.put(`${API}/by-path/p/q.txt?parents=true`, "q"))).toEqual([
      "folder.created by-path",
      "file.created by-path",
      "upload.completed by-path",
    ]);
  });
});
