import { describe, expect, test } from "@jest/globals";
import { useWorld } from "../../support/use-world.js";
import { makeUrl } from "./make.js";

const world = useWorld();

const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

const SVG = '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>';

describe("POST /files/{id}/urls", () => {
  test("gives a URL by which anybody downloads the file, until it expires", async () => {
    const owner = await world().member();
    const { id, etag } = await owner.store("grüße.txt", "hello world");

    const made = await makeUrl(owner, id, { expiresIn: 60 });
    const got = await world().visitor().get(made.url);

    expect(made.url).toMatch(/^\/u\/[A-Za-z0-9_-]{87}\/gr%C3%BC%C3%9Fe\.txt$/);
    expect(Date.parse(made.expiresAt) - Date.now()).toBeLessThanOrEqual(60_000);
    expect(got.status).toBe(200);
    expect(got.bytes.toString()).toBe("hello world");
    expect(got.headers).toMatchObject({
      etag,
      "accept-ranges": "bytes",
      "cache-control": "no-store",
      "content-disposition":
        "attachment; filename=\"gru_e.txt\"; filename*=UTF-8''gr%C3%BC%C3%9Fe.txt",
      "cross-origin-resource-policy": "cross-origin",
      "referrer-policy": "no-referrer",
      "x-robots-tag": "noindex, nofollow",
    });
  });

  test("begins the URL with PUBLIC_URL", async () => {
    const url = await world().addWeb({ publicUrl: new URL("http://files.example") });
    const owner = await world().member(url);
    const { id } = await owner.store("a.txt", "a");

    expect((await makeUrl(owner, id)).url).toMatch(/^http:\/\/files\.example\/u\//);
  });

  test("takes a version, a name and how it is shown", async () => {
    const owner = await world().member();
    const { id, versionId } = await owner.store("a.png", PNG);
    await world().settle();
    await owner.store("a.png", "another");
    const terms = { versionId, fileName: "b c.png", disposition: "inline" };

    const got = await world()
      .visitor()
      .get((await makeUrl(owner, id, terms)).url);

    expect(got.bytes).toEqual(PNG);
    expect(got.headers["content-type"]).toBe("image/png");
    expect(got.headers["content-disposition"]).toMatch(/^inline; filename="b c.png"/);
  });

  test("shows nothing inline that a browser could run", async () => {
    const owner = await world().member();
    const { id } = await owner.store("a.svg", SVG);
    await world().settle();

    const { url } = await makeUrl(owner, id, { disposition: "inline" });

    const { headers } = await world().visitor().get(url);
    expect(headers["content-disposition"]).toMatch(/^attachment/);
    expect(headers["content-security-policy"]).toMatch(/^sandbox/);
  });

  test.each([
    [{}, "/expiresIn"],
    [{ expiresIn: 0 }, "/expiresIn"],
    [{ expiresIn: 1.5 }, "/expiresIn"],
    [{ expiresIn: 604_801 }, "/expiresIn"],
    [{ expiresIn: 60, method: "DELETE" }, "/method"],
    [{ expiresIn: 60, fileName: "a/b" }, "/fileName"],
    [{ expiresIn: 60, disposition: "form-data" }, "/disposition"],
    [{ expiresIn: 60, method: "PUT", disposition: "inline" }, "/disposition"],
    [{ expiresIn: 60, versionId: "x" }, "/versionId"],
  ])("refuses %j (400)", async (body, pointer) => {
    const owner = await world().member();
    const { id } = await owner.store("a", "a");

    const { status, json } = await owner.post(`/api/v1/files/${id}/urls`, body);

    expect(status).toBe(400);
    expect(json).toMatchObject({ errors: [{ in: "body", pointer }] });
  });

  test("is 404 for a file of somebody else, and a version of another file", async () => {
    const [owner, other] = [await world().member(), await world().member()];
    const [{ id }, { versionId }] = [await owner.store("a", "a"), await owner.store("b", "b")];
    const path = `/api/v1/files/${id}/urls`;

    expect((await other.post(path, { expiresIn: 60 })).status).toBe(404);
    expect((await other.delete(path)).status).toBe(404);
    expect((await owner.post(path, { expiresIn: 60, versionId })).status).toBe(404);
  });

  test("is 403 without links:write", async () => {
    const owner = await world().member();
    const { id } = await owner.store("a", "a");
    const { client } = await owner.makeKey(["files:read", "files:write"]);

    expect((await client.post(`/api/v1/files/${id}/urls`, { expiresIn: 60 })).status).toBe(403);
  });

  test("is in the audit log, and so is the end of a file's URLs", async () => {
    const owner = await world().member();
    const { id } = await owner.store("a", "a");

    const made = await makeUrl(owner, id);
    await owner.delete(`/api/v1/files/${id}/urls`);

    const events = (await owner.get("/api/v1/me/audit")).json.items;
    expect(events.slice(0, 2)).toEqual([
      expect.objectContaining({ action: "link.revoke", target: { kind: "file", id } }),
      expect.objectContaining({ action: "link.create", target: { kind: "link", id: made.id } }),
    ]);
  });
});

describe("LINK_MAX_DAYS", () => {
  test("limits URLs, too", async () => {
    const url = await world().addWeb({ longestLinkMs: 86_400_000 });
    const owner = await world().member(url);
    const { id } = await owner.store("a", "a");
    const path = `/api/v1/files/${id}/urls`;

    const [day, week] = [
      await owner.post(path, { expiresIn: 86_400 }),
      await owner.post(path, { expiresIn: 604_800 }),
    ];

    expect([day.status, week.status]).toEqual([201, 400]);
    expect(week.json).toMatchObject({ errors: [{ pointer: "/expiresIn" }] });
  });
});
