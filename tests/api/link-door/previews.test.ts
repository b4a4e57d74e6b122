import { describe, expect, test } from "@jest/globals";
import sharp from "sharp";
import type { FileEntry } from "../../../common/entries/entry.js";
import { photo, picture } from "../../support/pictures.js";
import {
  changeLink,
  downloadsOf,
  shareLink,
  type Terms,
  usesOf,
} from "../../support/share-links.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld({ previews: "on", details: "on" });

/** A link to a folder that holds a photo and a file without a preview, and a link to that photo. */
async function shared(terms: Terms = {}) {
  const owner = await world().member();
  const folder = await owner.makeFolder("Holidays");
  const put = async (name: string, content: Buffer) =>
    (await owner.put(`/api/v1/files?folderId=${folder.id}&name=${name}`, content)).json;
  const image = await put("sea%20%26%20sun.jpg", await photo("jpeg"));
  await put("data.bin", Buffer.alloc(99, 1));
  await world().settle();
  const link = await shareLink(world(), { owner, ...folder }, terms);
  const isUpload = terms.permission === "upload";
  const file = { id: image.id, kind: "file" };
  const fileLink = isUpload ? link : await shareLink(world(), { owner, ...file }, terms);
  const below = `${link.path}/previews/sea%20%26%20sun.jpg`;
  return { owner, folder, image, link, fileLink, below, own: `${fileLink.path}/preview` };
}

const setState = (id: string, state: FileEntry["state"]) =>
  world().mongo.db.collection<FileEntry>("entries").updateOne({ _id: id }, { $set: { state } });

const HTML = { Accept: "text/html" };

describe("GET /s/{token}/preview and /s/{token}/previews/{path}", () => {
  test.each(["view", "download", "upload+view"] as const)(
    "show small pictures, without metadata, by a link for %s",
    async (permission) => {
      const { below, own } = await shared({ permission });
      const visitor = world().visitor();

      for (const path of permission === "upload+view" ? [below] : [below, own]) {
        const { status, headers, bytes } = await visitor.get(`${path}?size=64`);
        const head = await visitor.head(`${path}?size=64`);

        expect([status, head.status]).toEqual([200, 200]);
        expect(headers).toMatchObject({
          "content-type": "image/webp",
          "cache-control": "no-store",
          "x-content-type-options": "nosniff",
          "x-robots-tag": "noindex, nofollow",
        });
        const { exif, xmp } = await sharp(bytes).metadata();
        expect({ exif, xmp }).toEqual({});
        expect(head.headers["content-length"]).toBe(String(bytes.length));
      }
    },
  );

  test("are no downloads: none is counted, and a limit does not matter", async () => {
    const { link, fileLink, below, own } = await shared({ maxDownloads: 1 });
    const visitor = world().visitor();

    const statuses = [];
    for (const path of [below, own, below, own]) statuses.push((await visitor.get(path)).status);

    expect(statuses).toEqual([200, 200, 200, 200]);
    expect(await downloadsOf(world(), link)).toEqual({ used: 0, open: 0 });
    expect(await downloadsOf(world(), fileLink)).toEqual({ used: 0, open: 0 });
    expect(await usesOf(world(), link)).toEqual([]);
  });

  test("are not there by a link for uploads alone", async () => {
    const { below, link } = await shared({ permission: "upload" });
    const visitor = world().visitor();

    expect((await visitor.get(below)).status).toBe(404);
    expect((await visitor.get(`${link.path}/preview`)).status).toBe(404);
  });

  test("ask for the password of the link", async () => {
    const { below, own } = await shared({ password: "open sesame" });
    const visitor = world().visitor();

    for (const path of [below, own]) {
      expect((await visitor.get(path)).status).toBe(401);
      expect((await visitor.get(path, { "X-Link-Password": "open sesame" })).status).toBe(200);
    }
  });

  type Made = Awaited<ReturnType<typeof shared>>;
  const ENDS: readonly (readonly [string, (made: Made) => Promise<unknown>])[] = [
    ["the link was revoked", ({ link }) => changeLink(world(), link, { revokedAt: new Date() })],
    ["the link has expired", ({ link }) => changeLink(world(), link, { expiresAt: new Date() })],
    ["the link is switched off", ({ link }) => changeLink(world(), link, { isEnabled: false })],
    [
      "the link is used up",
      ({ link }) => changeLink(world(), link, { maxDownloads: 1, usedDownloads: 1 }),
    ],
    ["the owner is disabled", ({ owner }) => world().disable(owner)],
    ["the file is in the trash", ({ owner, image }) => owner.delete(`/api/v1/files/${image.id}`)],
    [
      "the file was moved out of the folder",
      ({ owner, image }) => owner.patch(`/api/v1/files/${image.id}`, { folderId: "root" }),
    ],
    ["the file is in quarantine", ({ image }) => setState(image.id, "quarantined")],
    ["the file has failed", ({ image }) => setState(image.id, "failed")],
  ];

  test.each(ENDS)("are 404 when %s", async (_, end) => {
    const made = await shared();
    const visitor = world().visitor();
    const before = await visitor.get(made.below);

    await end(made);
    const after = await visitor.get(made.below);

    await world()
      .mongo.db.collection<FileEntry>("entries")
      .updateMany({ _id: made.image.id }, { $set: { state: "ready" } });
    expect([before.status, after.status]).toEqual([200, 404]);
    expect(after.bytes.toString()).not.toMatch(/quarantine|outcome|reason/);
  });

  test("are 404 when a file has no preview, and 503 before it was inspected", async () => {
    const { owner, folder, link } = await shared();
    const at = (name: string) => world().visitor().get(`${link.path}/previews/${name}`);
    await owner.put(`/api/v1/files?folderId=${folder.id}&name=new`, await photo("jpeg"));

    const [none, folderItself, early] = [await at("data.bin"), await at(""), await at("new")];

    expect(none).toMatchObject({ status: 404, json: { code: "not-found" } });
    expect(none.json).not.toHaveProperty("reason");
    expect(folderItself.status).toBe(404);
    expect([early.status, early.headers["retry-after"]]).toEqual([503, "2"]);
  });

  test("are 404 for content that was put into quarantine a moment ago", async () => {
    const { image, below } = await shared();
    const entry = await world()
      .mongo.db.collection<FileEntry>("entries")
      .findOne({ _id: image.id });
    if (entry === null) throw new Error("No file");
    const blob = { _id: entry.blobId };
    const files = world().mongo.db.collection("blobs.files");
    const mark = { reason: "infected", signature: null, at: new Date() };

    await files.updateOne(blob, { $set: { "metadata.quarantine": mark } });
    const { status } = await world().visitor().get(below);
    await files.updateOne(blob, { $unset: { "metadata.quarantine": "" } });

    expect(status).toBe(404);
  });
});

describe("The page of a link", () => {
  test("shows small pictures in a folder, and no script", async () => {
    const { link, below } = await shared({ maxDownloads: 5 });

    const { bytes, headers } = await world().visitor().get(link.path, HTML);

    const page = bytes.toString();
    expect(page.match(/<img/g)).toHaveLength(1);
    expect(page).toMatch(
      new RegExp(`<img\\s+class="small"\\s+src="${below}\\?size=64"\\s+alt=""\\s+width="64"`),
    );
    expect(page).toContain('loading="lazy"');
    expect(page).not.toContain("<script");
    expect(headers["content-security-policy"]).toContain("img-src 'self'");
  });

  test.each([
    ["with a limit", { maxDownloads: 1 }],
    ["without a limit", {}],
  ])("shows the preview of a file %s, and never the content itself", async (_, terms) => {
    const { fileLink, own } = await shared(terms);

    const page = (await world().visitor().get(fileLink.path, HTML)).bytes.toString();

    expect(page).toContain(`<img class="preview" src="${own}?size=1024" alt="sea &amp; sun.jpg"`);
    expect(page.match(/<img/g)).toHaveLength(1);
    expect(page).not.toMatch(/Nikon|D750|2025-12-24|52/);
  });

  test("shows no preview before the file was inspected", async () => {
    const owner = await world().member();
    const file = await owner.store("a", await picture({ width: 9, height: 9, format: "png" }));
    const link = await shareLink(world(), { owner, ...file });

    const page = (await world().visitor().get(link.path, HTML)).bytes.toString();

    expect(page).toContain("being inspected");
    expect(page).not.toContain("<img");
  });
});
