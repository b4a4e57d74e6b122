import { createHash } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { newId } from "../../../common/platform/ids.js";
import type { VersionJson } from "../../support/answer-json.js";
import type { Client } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** Somebody with a file that has had these contents, oldest first. */
async function withVersions(...contents: string[]) {
  const client = await world().member();
  let id = "";
  for (const content of contents) id = (await client.store("a.txt", content)).id;
  await world().settle();
  const path = `/api/v1/files/${id}`;
  const items = await versionsIn(client, path);
  const [current, earlier = current] = items;
  if (current === undefined || earlier === undefined) throw new Error("There is no version");
  return { client, id, path, items, current, earlier };
}

/** What a list of versions, or of some, has. */
async function versionsIn(client: Client, path: string, query = ""): Promise<VersionJson[]> {
  return (await client.get(`${path}/versions${query}`)).json.items as unknown as VersionJson[];
}

const contentOf = async (client: Client, path: string) => (await client.get(path)).bytes.toString();

describe("GET /files/{id}/versions", () => {
  test("lists the versions, newest first, and says which the file shows", async () => {
    const { client, id, path, items } = await withVersions("one", "two", "three");
    const { etag } = (await client.get(`${path}/metadata`)).json;

    expect(items).toMatchObject([
      { fileId: id, sizeBytes: 5, isCurrent: true, etag, label: null, state: "ready" },
      { sizeBytes: 3, isCurrent: false, sha256: sha256("two"), type: "text/plain" },
      { sizeBytes: 3, isCurrent: false, sha256: sha256("one") },
    ]);
  });

  test("goes from page to page", async () => {
    const { client, path, items } = await withVersions("one", "two", "three");

    const first = (await client.get(`${path}/versions?limit=2`)).json;
    const rest = (await client.get(`${path}/versions?limit=2&cursor=${first.nextCursor}`)).json;

    expect([...first.items, ...rest.items]).toEqual(items);
    expect(rest.nextCursor).toBeNull();
    expect((await client.get(`${path}/versions?cursor=abc`)).json.code).toBe("invalid-cursor");
  });

  test("finds those with a digest", async () => {
    const { client, path, earlier } = await withVersions("one", "two");
    const find = (digest: string) => versionsIn(client, path, `?sha256=${digest}`);

    expect(await find(sha256("one"))).toEqual([earlier]);
    expect(await find(sha256("none"))).toEqual([]);
    expect((await client.get(`${path}/versions?sha256=1`)).status).toBe(400);
  });
});

describe("GET /files/{id}/versions/{versionId}", () => {
  test("sends the content of a version with everything that content has", async () => {
    const { client, earlier } = await withVersions("first", "second");
    const { links, etag } = earlier;

    const whole = await client.get(links.content);
    const part = await client.get(links.content, { Range: "bytes=1-3", "If-Range": etag });

    expect(whole.bytes.toString()).toBe("first");
    expect(whole.headers).toMatchObject({ etag, "accept-ranges": "bytes" });
    expect(whole.headers["repr-digest"]).toContain("sha-256=");
    expect(whole.headers["content-disposition"]).toContain("a.txt");
    expect([part.status, part.bytes.toString()]).toEqual([206, "irs"]);
    expect((await client.get(links.content, { "If-None-Match": etag })).status).toBe(304);
    expect((await client.head(links.content)).headers["content-length"]).toBe("5");
    expect((await client.get(links.content, { Range: "bytes=9-" })).status).toBe(416);
  });

  test("answers 404 for another file's version, another account's, and none; 401 for nobody", async () => {
    const { client, path, earlier } = await withVersions("one", "two");
    const other = await withVersions("three");

    for (const id of [other.current.id, newId(), "x"]) {
      expect((await client.get(`${path}/versions/${id}`)).status).toBe(404);
    }
    expect((await other.client.get(earlier.links.content)).status).toBe(404);
    expect((await other.client.get(`${path}/versions`)).status).toBe(404);
    expect((await world().visitor().get(earlier.links.content)).status).toBe(401);
  });
});

describe("PATCH /files/{id}/versions/{versionId}", () => {
  test("names a version, and takes the name away again", async () => {
    const { client, path, earlier } = await withVersions("one", "two");
    const url = `${path}/versions/${earlier.id}`;

    const { status, json } = await client.patch(url, { label: "final ✓" });

    expect(status).toBe(200);
    expect(json).toEqual({ ...earlier, label: "final ✓" });
    expect((await versionsIn(client, path))[1]?.label).toBe("final ✓");
    expect((await client.patch(url, { label: null })).json).toMatchObject({ label: null });
  });

  test.each([
    [{}],
    [{ label: "" }],
    [{ label: "a\nb" }],
    [{ label: "x".repeat(256) }],
    [{ label: 1 }],
  ])("answers 400 to %j", async (body) => {
    const { client, path, current } = await withVersions("one");

    expect((await client.patch(`${path}/versions/${current.id}`, body)).status).toBe(400);
  });
});

describe("POST /files/{id}/versions/{versionId}/restore", () => {
  test("makes a new version with the content of the earlier one, which stays", async () => {
    const { client, id, path, earlier } = await withVersions("one", "two");

    const { status, json } = await client.post(`${path}/versions/${earlier.id}/restore`);

    expect(status).toBe(200);
    expect(json).toMatchObject({ id, sha256: sha256("one"), state: "ready", type: "text/plain" });
    expect(await contentOf(client, path)).toBe("one");
    const now = await versionsIn(client, path);
    expect(now.map((item) => item.sha256)).toEqual(["one", "two", "one"].map(sha256));
    expect(now.map(({ isCurrent }) => isCurrent)).toEqual([true, false, false]);
    await world().settle();
    expect(await client.usage()).toMatchObject({ bytes: 9, files: 1, reservedBytes: 0 });
  });

  test("answers 412 when the file shows another version than the client knows, and changes nothing", async () => {
    const { client, path, current, earlier } = await withVersions("one", "two");
    const restore = (ifMatch: string) =>
      client.post(`${path}/versions/${earlier.id}/restore`, undefined, { "If-Match": ifMatch });

    expect((await restore(earlier.etag)).json).toMatchObject({ code: "precondition-failed" });
    expect((await restore(current.etag)).status).toBe(200);
  });

  test("answers 507 where there is no room", async () => {
    const { client, path, earlier } = await withVersions("one", "two");
    const { id } = (await client.get("/api/v1/me")).json;
    await world().services.accountAdministration.change(id, { limitBytes: 8 });

    const { json } = await client.post(`${path}/versions/${earlier.id}/restore`);

    expect(json.code).toBe("quota-exceeded");
    expect(await contentOf(client, path)).toBe("two");
  });

  test("answers 404 for what is not there, and when the file is gone", async () => {
    const { client, path, earlier } = await withVersions("one", "two");

    expect((await client.post(`${path}/versions/${newId()}/restore`)).status).toBe(404);
    await client.delete(path);
    expect((await client.post(`${path}/versions/${earlier.id}/restore`)).status).toBe(404);
  });
});

describe("DELETE /files/{id}/versions/{versionId}", () => {
  test("answers 204, the version is gone at once, and its room soon", async () => {
    const { client, path, current, earlier } = await withVersions("first", "two");

    expect((await client.delete(`${path}/versions/${earlier.id}`)).status).toBe(204);

    expect((await client.get(earlier.links.content)).status).toBe(404);
    expect(await versionsIn(client, path)).toEqual([current]);
    expect((await client.delete(`${path}/versions/${earlier.id}`)).status).toBe(404);
    await world().settle();
    expect(await client.usage()).toMatchObject({ bytes: 3, files: 1 });
    expect(await contentOf(client, path)).toBe("two");
  });

  test("leaves the bytes to a version that was restored from it", async () => {
    const { client, path, earlier } = await withVersions("one", "two");
    await client.post(`${path}/versions/${earlier.id}/restore`);

    await client.delete(`${path}/versions/${earlier.id}`);
    await world().settle();

    expect(await contentOf(client, path)).toBe("one");
  });

  test("answers 409 for the version that the file shows", async () => {
    const { client, path, current } = await withVersions("one", "two");

    const { json } = await client.delete(`${path}/versions/${current.id}`);

    expect(json).toMatchObject({ status: 409, code: "current-version" });
    expect(await contentOf(client, path)).toBe("two");
  });

  test("is in the audit log, without names", async () => {
    const { client, path, earlier } = await withVersions("one", "two");

    await client.delete(`${path}/versions/${earlier.id}`);

    const [event] = (await client.get("/api/v1/me/audit?action=version.delete")).json.items;
    expect(event).toMatchObject({ target: { kind: "version", id: earlier.id } });
  });
});
