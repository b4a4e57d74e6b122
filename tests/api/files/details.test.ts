import { describe, expect, test } from "@jest/globals";
import type { VersionDoc } from "../../../common/versions/version.js";
import type { FileJson } from "../../support/answer-json.js";
import type { Client } from "../../support/client.js";
import { newKey } from "../../support/blobs.js";
import { declaredZip, pdfOf, zipOf } from "../../support/made-documents.js";
import { movieOf, wavOf } from "../../support/made-recordings.js";
import { photo } from "../../support/pictures.js";
import { shareLink } from "../../support/share-links.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld({ details: "on", encryptionKeys: [newKey("k1")] });

const PHOTO = {
  ...{ width: 30, height: 40, orientation: 6 },
  ...{ takenAt: "2025-12-24T18:05:06+01:00", camera: "NIKON D750" },
};

/** What the metadata of a file say of its content. */
async function detailsOf(client: Client, { links }: Pick<FileJson, "links">) {
  const { json } = await client.get(links.metadata);
  return (json as unknown as { readonly details: unknown }).details;
}

/** A file of somebody, when its pipeline is over. */
async function stored(content: Buffer | string) {
  const client = await world().member();
  const file = await client.store("a", content);
  await world().settle();
  return { client, file, details: await detailsOf(client, file) };
}

const document = (members: Readonly<Record<string, string>>) =>
  zipOf({
    "[Content_Types].xml": {},
    ...Object.fromEntries(
      Object.entries(members).map(([name, content]) => [name, { content, isDeflated: true }]),
    ),
  });

const CASES: readonly (readonly [
  string,
  () => Promise<Buffer> | Buffer | string,
  object | null,
])[] = [
  ["a photo", () => photo("jpeg"), PHOTO],
  ["text", () => "hello", { encoding: "utf-8" }],
  ["text in Latin-1", () => Buffer.from("gr\xfc\xdfe", "latin1"), { encoding: "windows-1252" }],
  ["audio", () => wavOf(2), { durationMs: 2000, bitRate: 64_000 }],
  [
    "a movie whose description lies far behind",
    () => movieOf({ durationMs: 5000, width: 640, height: 480, dataBytes: 3e6 }),
    { durationMs: 5000, width: 640, height: 480 },
  ],
  [
    "a document",
    () =>
      document({
        "word/document.xml": "",
        "docProps/app.xml": "<P><Pages>7</Pages></P>",
        "docProps/core.xml": "<dc:title>Q&amp;A</dc:title>",
      }),
    { pageCount: 7, title: "Q&A" },
  ],
  [
    "slides",
    () => document({ "ppt/presentation.xml": "", "docProps/app.xml": "<Slides>12</Slides>" }),
    { slideCount: 12 },
  ],
  [
    "a workbook",
    () =>
      document({
        "xl/workbook.xml": "",
        "xl/worksheets/sheet1.xml": "",
        "xl/worksheets/sheet2.xml": "",
      }),
    { sheetCount: 2 },
  ],
  [
    "a text of OpenDocument",
    () =>
      declaredZip("application/vnd.oasis.opendocument.text", {
        "meta.xml": { content: '<x meta:page-count="3"/>' },
      }),
    { pageCount: 3 },
  ],
  ["an encrypted archive", () => zipOf({ a: { isEncrypted: true } }), { isEncrypted: true }],
  ["an archive", () => zipOf({ a: {} }), {}],
];

describe("The details of a file", () => {
  test.each(CASES)("are what it says of itself: %s", async (_, content, expected) => {
    const { details } = await stored(await content());

    expect(details).toEqual(expected);
  });

  test("are null until somebody has looked, and are not in lists", async () => {
    const client = await world().member();
    const file = await client.store("a", "hello");

    expect(await detailsOf(client, file)).toBeNull();
    await world().settle();
    expect((await client.get("/api/v1/files")).json.items[0]).not.toHaveProperty("details");
  });

  test("are taken over by copies", async () => {
    const { client, file } = await stored(await photo("jpeg"));

    const { json } = await client.post(`/api/v1/files/${file.id}/copy`, { name: "b" });

    expect(await detailsOf(client, json as FileJson)).toEqual(PHOTO);
  });

  test("never say where a picture was taken", async () => {
    const { file } = await stored(await photo("jpeg"));

    const versions = world().mongo.db.collection<VersionDoc>("versions");
    const version = await versions.findOne({ fileId: file.id });
    expect(version?.details).toEqual(PHOTO);
    expect(JSON.stringify(version)).not.toMatch(/gps|latitude|longitude/i);
  });

  test("are not shown by links: neither in JSON, nor on pages", async () => {
    const { client, file } = await stored(await photo("jpeg"));
    const folderId = (await client.get(file.links.metadata)).json.folderId;
    const link = await shareLink(world(), { owner: client, id: file.id, kind: "file" });
    const folder = await shareLink(world(), { owner: client, id: folderId, kind: "folder" });
    const visitor = world().visitor();

    for (const path of [
      link.path,
      folder.path,
      `${folder.path}/entries/a?metadata`,
      `${folder.path}/entries/`,
    ]) {
      for (const Accept of ["application/json", "text/html"]) {
        const { status, bytes } = await visitor.get(path, { Accept });
        expect([path, status]).toEqual([path, 200]);
        expect(bytes.toString()).not.toMatch(/NIKON|2025-12-24|takenAt|camera|details/i);
      }
    }
  });
});

describe("Where the media process dies", () => {
  const limited = useWorld({ details: "on", mediaTimeLimitMs: 1 }, { isDamaged: true });

  test("the file is ready without details, and says why", async () => {
    const client = await limited().member();
    const { links } = await client.store("a", pdfOf(""));

    await limited().settle();

    const { json } = await client.get(links.metadata);
    expect(json).toMatchObject({ state: "ready", type: "application/pdf" });
    expect(json.pipeline).toContainEqual(
      expect.objectContaining({
        ...{ step: "describe", outcome: "failed", attempts: 4 },
        reason: "every attempt was cut short",
      }),
    );
  });
});
