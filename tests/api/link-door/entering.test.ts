import { describe, expect, test } from "@jest/globals";
import type { FileEntry } from "../../../common/entries/entry.js";
import type { Answer } from "../../support/client.js";
import { eventually } from "../../support/eventually.js";
import { changeLink } from "../../support/share-links.js";
import { useWorld } from "../../support/use-world.js";
import { sharedFile, sharedFolder } from "./notes-and-holidays.js";

const world = useWorld();

/** A problem, without what differs from request to request. */
const problemOf = ({ status, json }: Answer) => ({ ...json, status, requestId: "" });

describe("GET /s/{token}", () => {
  test("says what a link to a file allows and leads to, and nothing that is its owner's alone", async () => {
    const { file, link } = await sharedFile(world(), { label: "For you" });

    const answer = await world().visitor().get(link.path);

    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      kind: "share",
      permission: "download",
      label: "For you",
      expiresAt: null,
      entry: {
        kind: "file",
        name: "notes.txt",
        path: "/notes.txt",
        sizeBytes: 10,
        type: "text/plain",
        sha256: file.sha256,
        etag: file.etag,
        isReady: true,
        modifiedAt: file.modifiedAt,
        links: {
          content: `${link.path}/content`,
          download: `${link.path}/content?download`,
          preview: null,
        },
      },
    });
    expect(answer.headers).toMatchObject({
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
      "x-robots-tag": "noindex, nofollow",
    });
  });

  test("says of a link for uploads neither name nor kind, and leads nowhere", async () => {
    const { link } = await sharedFolder(world(), { permission: "upload" });
    const visitor = world().visitor();

    expect((await visitor.get(link.path)).json).toEqual({
      permission: "upload",
      label: null,
      expiresAt: null,
    });
    for (const below of ["/entries/", "/entries/a.txt", "/content"]) {
      expect((await visitor.get(link.path + below)).status).toBe(404);
    }
  });

  test("is a page without script for who prefers that", async () => {
    const { link } = await sharedFolder(world());

    const answer = await world().visitor().get(link.path, { Accept: "text/html" });

    expect(answer.headers["content-type"]).toMatch(/^text\/html/);
    const page = answer.bytes.toString();
    expect(page).toContain(`href="${link.path}/entries/a.txt"`);
    expect(page).toContain(`href="${link.path}/entries/gr%C3%B6%C3%9Fe"`);
    expect(page).not.toContain("<script");
  });
});

describe("A link that is not valid", () => {
  const STATES: readonly (readonly [string, (made: Made) => Promise<unknown>])[] = [
    ["was revoked", ({ link }) => changeLink(world(), link, { revokedAt: new Date() })],
    ["has expired", ({ link }) => changeLink(world(), link, { expiresAt: new Date() })],
    ["is switched off", ({ link }) => changeLink(world(), link, { isEnabled: false })],
    ["is used up", ({ link }) => changeLink(world(), link, { maxDownloads: 1, usedDownloads: 1 })],
    ["has its entry in the trash", ({ owner, file }) => owner.delete(`/api/v1/files/${file.id}`)],
    [
      "has its entry removed for good",
      ({ owner, file }) => owner.delete(`/api/v1/files/${file.id}?permanent=true`),
    ],
    [
      "has its entry below a deleted folder",
      async ({ owner, file }) => {
        const { id } = await owner.makeFolder("gone");
        await owner.patch(`/api/v1/files/${file.id}`, { folderId: id });
        await owner.delete(`/api/v1/folders/${id}`);
      },
    ],
    ["has an owner who is disabled", ({ owner }) => world().disable(owner)],
    [
      "leads to content in which something was found",
      ({ file }) =>
        world()
          .mongo.db.collection<FileEntry>("entries")
          .updateOne({ _id: file.id }, { $set: { state: "quarantined" } }),
    ],
  ];
  type Made = Awaited<ReturnType<typeof sharedFile>>;

  test.each(STATES)("because it %s is answered as one that never existed", async (_, change) => {
    const made = await sharedFile(world(), { password: "open sesame" });
    const password = { "X-Link-Password": "open sesame" };
    const visitor = world().visitor();
    const { status } = await visitor.get(made.link.path, password);

    await change(made);

    const never = problemOf(await visitor.get(`/s/${"A".repeat(44)}`));
    expect([status, never.status]).toEqual([200, 404]);
    for (const headers of [password, {}]) {
      expect(problemOf(await visitor.get(made.link.path, headers))).toEqual(never);
      expect(problemOf(await visitor.get(`${made.link.path}/content`, headers))).toEqual(never);
    }
  });

  test("because its token was changed is answered as one that never existed", async () => {
    const { link } = await sharedFile(world());
    const last = link.token.endsWith("A") ? "g" : "A";
    const visitor = world().visitor();

    const never = problemOf(await visitor.get(`/s/${"A".repeat(44)}`));

    for (const token of [link.token.slice(0, -1), link.token.slice(0, -1) + last, `${link.token}A`])
      expect(problemOf(await visitor.get(`/s/${token}`))).toEqual(never);
  });
});

describe("The log of the process", () => {
  test("has the id of a link, and never its token", async () => {
    const { link } = await sharedFolder(world());
    const { logs } = world();
    const visitor = world().visitor();

    await visitor.get(link.path);
    await visitor.get(`${link.path}/entries/a.txt`);
    await visitor.get(`${link.path}/nothing`);
    await visitor.get(`${link.path}/entries/%ff`);

    await eventually(
      () => logs.lines.filter(({ linkId }) => linkId === link.id).length,
      (lines) => lines === 3,
    );
    expect(logs.text()).not.toContain(link.token.slice(22));
  });
});
