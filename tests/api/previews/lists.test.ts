import { describe, expect, test } from "@jest/globals";
import type { FileEntry } from "../../../common/entries/entry.js";
import type { VersionDoc } from "../../../common/versions/version.js";
import type { FileJson } from "../../support/answer-json.js";
import { picture } from "../../support/pictures.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld({ previews: "on" });

const collection = <T extends object>(name: string) => world().mongo.db.collection<T>(name);

/** A photo and a file without a preview, when their pipelines are over. */
async function stored() {
  const client = await world().member();
  const png = await picture({ width: 40, height: 20, format: "png" });
  const photo = await client.store("all photos", png);
  const data = await client.store("all data", Buffer.alloc(100, 1));
  await world().settle();
  const read = async (path = `/api/v1/files/${photo.id}/metadata`) => (await client.get(path)).json;
  return { client, photo, data, read };
}

const previewOf = ({ id }: Pick<FileJson, "id">) => `/api/v1/files/${id}/preview`;

describe("The preview in the links of a file", () => {
  test.each(["files?", "folders/root/children?", "search?q=all&"])(
    "is its URL in GET /%s, and null for a file without a preview",
    async (path) => {
      const { photo, data, read } = await stored();

      const { items } = await read(`/api/v1/${path}limit=10`);

      const shown = (items as unknown as FileJson[]).map(({ id, links }) => [id, links.preview]);
      expect(Object.fromEntries(shown)).toEqual({
        [photo.id]: previewOf(photo),
        [data.id]: null,
      });
    },
  );

  test("is null until the preview was made, and for a new version without one", async () => {
    const client = await world().member();
    const png = await picture({ width: 40, height: 20, format: "png" });

    const early = await client.store("a", png);
    await world().settle();
    const { json: made } = await client.get(early.links.metadata);
    const { json: replaced } = await client.put("/api/v1/files?name=a", Buffer.alloc(9, 1));

    expect(early.links.preview).toBeNull();
    expect(made).toMatchObject({ links: { preview: previewOf(early) } });
    expect(replaced).toMatchObject({ id: early.id, links: { preview: null } });
  });

  test("is that of the copy, for a copy", async () => {
    const { client, photo } = await stored();

    const copy = (await client.post(`/api/v1/files/${photo.id}/copy`, { name: "copy" })).json;

    expect(copy).toMatchObject({
      name: "copy",
      links: { preview: previewOf(copy) },
    });
    expect((await client.get(`/api/v1/files/${copy.id}/preview`)).status).toBe(200);
  });

  test("is null while the file is in quarantine", async () => {
    const { photo, read } = await stored();
    const entries = collection<FileEntry>("entries");
    await entries.updateOne({ _id: photo.id }, { $set: { state: "quarantined" } });

    const { links } = await read();

    await entries.updateOne({ _id: photo.id }, { $set: { state: "ready" } });
    expect(links).toMatchObject({ preview: null });
  });

  test("is found by the sweep for older files, which changes no ETag and is no event", async () => {
    const { client, photo, read } = await stored();
    const events = () => collection("events").countDocuments();
    const etag = async () => (await client.get(photo.links.metadata)).headers["etag"];
    const before = { etag: await etag(), events: await events() };
    await collection<FileEntry>("entries").updateOne(
      { _id: photo.id },
      { $unset: { hasPreview: "" } },
    );
    const unknown = { links: (await read()).links, etag: await etag() };
    await collection<VersionDoc>("versions").updateOne(
      { fileId: photo.id },
      { $set: { "pipeline.seenVersion": 1 } },
    );

    await world().sweep();
    await world().settle();

    expect(unknown).toMatchObject({ links: { preview: null }, etag: before.etag });
    expect(await read()).toMatchObject({ links: { preview: previewOf(photo) } });
    expect({ etag: await etag(), events: await events() }).toEqual(before);
  });
});
