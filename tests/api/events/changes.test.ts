import { describe, expect, test } from "@jest/globals";
import { changesOf, eventsOf, nowOf } from "../../support/events.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();
const CHANGES = "/api/v1/changes";

describe("GET /changes", () => {
  test("tells a client of its own upload at once, with who did it and by which door", async () => {
    const client = await world().member();
    const { id: accountId } = (await client.get("/api/v1/me")).json;
    const file = await client.store("a.txt", "hello");

    const { status, json } = await client.get(`${CHANGES}?since=0`);

    expect(status).toBe(200);
    const entry = { id: file.id, kind: "file", name: "a.txt", folderId: file.folderId };
    const shown = { ...entry, versionId: file.versionId, sizeBytes: 5, type: null };
    const actor = { id: accountId, kind: "account", credential: { kind: "session" } };
    expect(json).toMatchObject({ nextSince: 2, hasMore: false });
    expect(json.items).toMatchObject([
      { seq: 1, type: "file.created", actor, door: "put", entry: shown },
      { seq: 2, type: "upload.completed", actor, door: "put", entry: shown },
    ]);
  });

  test("says without since where a client is, and shows nothing", async () => {
    const client = await world().member();
    expect((await client.get(CHANGES)).json).toEqual({ items: [], nextSince: 0, hasMore: false });
    await client.makeFolder("a");

    const { json } = await client.get(CHANGES);

    expect(json).toEqual({ items: [], nextSince: 1, hasMore: false });
    expect((await client.get(`${CHANGES}?since=1`)).json).toEqual({
      items: [],
      nextSince: 1,
      hasMore: false,
    });
  });

  test("pages without gaps", async () => {
    const client = await world().member();
    for (const name of ["a", "b", "c", "d", "e"]) await client.makeFolder(name);

    const seen: string[] = [];
    let since = 0;
    for (let hasMore = true; hasMore;) {
      const { json } = await client.get(`${CHANGES}?since=${since}&limit=2`);
      seen.push(...json.items.map(({ entry }: { entry: { name: string } }) => entry.name));
      ({ nextSince: since, hasMore } = json);
    }

    expect(seen).toEqual(["a", "b", "c", "d", "e"]);
    expect(since).toBe(5);
  });

  test("refuses what is no number with 400, and a number that no event has with 410", async () => {
    const client = await world().member();
    await client.makeFolder("a");

    const ahead = await client.get(`${CHANGES}?since=2`);
    expect([ahead.status, ahead.json.code]).toEqual([410, "changes-expired"]);
    for (const since of ["-1", "1.5", "x", "", "99999999999999999999"]) {
      const { status, json } = await client.get(`${CHANGES}?since=${since}`);
      expect([since, status, json.code]).toEqual([since, 400, "invalid-request"]);
      expect(json.errors).toMatchObject([{ in: "query", pointer: "since" }]);
    }
    for (const limit of ["0", "1001"]) {
      expect((await client.get(`${CHANGES}?since=0&limit=${limit}`)).status).toBe(400);
    }
  });

  test("refuses a credential that may not leave a folder with 403 restricted-credential", async () => {
    const client = await world().member();
    const { id: rootFolderId } = await client.makeFolder("a");
    const key = await client.makeKey(["files:read"], { rootFolderId });
    const other = await client.makeKey(["files:write"]);

    const answers = [await key.client.get(CHANGES), await other.client.get(CHANGES)];

    expect(answers.map(({ status, json }) => [status, json.code])).toEqual([
      [403, "restricted-credential"],
      [403, "insufficient-scope"],
    ]);
  });

  test("refuses those who are not signed in with 401", async () => {
    expect((await world().visitor().get(CHANGES)).status).toBe(401);
  });

  test("shows nothing of other accounts", async () => {
    const [client, neighbour] = [await world().member(), await world().member()];
    await neighbour.store("secret.txt", "x");

    expect(await changesOf(client)).toEqual([]);
  });

  test("tells the owner what others do in a folder that is shared with them", async () => {
    const [owner, editor] = [await world().member(), await world().member()];
    const { id: editorId, username } = (await editor.get("/api/v1/me")).json;
    const folder = await owner.makeFolder("a");
    const share = { entryId: folder.id, username, role: "editor" };
    expect((await owner.post("/api/v1/shares", share)).status).toBe(201);

    const events = await eventsOf(owner, () =>
      editor.put(`/api/v1/files?name=b.txt&folderId=${folder.id}`, "b"),
    );

    expect(events[0]).toMatchObject({ type: "file.created", actor: { id: editorId } });
    expect(await changesOf(editor)).toEqual([]);
  });

  test("is 410 when events behind since were removed, and goes on from there afterwards", async () => {
    const client = await world().member();
    for (const name of ["a", "b", "c"]) await client.makeFolder(name);
    await nowOf(client);
    const events = world().mongo.db.collection("events");
    const long = new Date(Date.now() - 31 * 86_400_000);
    const { id: ownerId } = (await client.get("/api/v1/me")).json;
    await events.updateMany({ ownerId }, { $set: { at: long } });

    await world().sweep();

    const { status, json } = await client.get(`${CHANGES}?since=1`);
    expect([status, json.code, json.since]).toEqual([410, "changes-expired", 1]);
    expect((await client.get(`${CHANGES}?since=0`)).status).toBe(410);
    // The newest one stays, so that numbers never begin again.
    expect(await changesOf(client, 2)).toMatchObject([{ seq: 3 }]);
    await client.makeFolder("d");
    expect(await changesOf(client, 3)).toMatchObject([{ seq: 4, entry: { name: "d" } }]);
    await world().sweep();
    // Until its successor is old.
    expect(await changesOf(client, 2)).toMatchObject([{ seq: 3 }, { seq: 4 }]);
    await events.updateMany({ ownerId }, { $set: { at: long } });
    await world().sweep();
    expect((await client.get(`${CHANGES}?since=2`)).status).toBe(410);
    expect(await changesOf(client, 3)).toMatchObject([{ seq: 4 }]);
  });
});
