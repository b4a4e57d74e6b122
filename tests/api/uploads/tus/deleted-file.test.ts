import { randomBytes } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { newId } from "../../../../common/platform/ids.js";
import { locationOf } from "../../../support/tus-client.js";
import { useWorld } from "../../../support/use-world.js";
import { contentOf, newUploader } from "./uploaders.js";

/** Its worker does nothing before a test is over: what a purge leaves is not what these tests see. */
const world = useWorld();

describe("An upload whose file is deleted", () => {
  test("is 404 at once for every request, as it is after the purge", async () => {
    const { client, tus } = await newUploader(world());
    const created = await tus.create({ "Upload-Length": "5" }, Buffer.from("hello"));
    const path = locationOf(created.headers);
    const { file } = await contentOf(client, created.headers);
    expect(await tus.offset(path)).toBe(5);

    expect((await client.delete(file.links.content)).status).toBe(204);

    const ask = async () => [
      (await tus.head(path)).status,
      (await tus.patch(path, { offset: 5, body: Buffer.alloc(0) })).status,
      (await tus.terminate(path)).status,
    ];
    expect(await ask()).toEqual([404, 404, 404]);
    await world().settle();
    expect(await ask()).toEqual([404, 404, 404]);
  });

  test.each([
    ["after its file showed it", "new", "staged"],
    ["after its version was confirmed", "new", "processing"],
    ["after its file showed it", "replacing", "staged"],
    ["after its version was confirmed", "replacing", "processing"],
  ] as const)(
    "is 404, also when its process died %s (a %s version, %s)",
    async (_when, kind, state) => {
      const { client, tus } = await newUploader(world());
      const { id: ownerId } = (await client.get("/api/v1/me")).json;
      if (kind === "replacing") await client.store("a", "older!");
      const metadata = `filename ${Buffer.from("a").toString("base64")}`;
      const created = await tus.create(
        { "Upload-Length": "5", "Upload-Metadata": metadata },
        Buffer.from("hello"),
      );
      const path = locationOf(created.headers);
      const { file } = await contentOf(client, created.headers);
      const { db } = world().mongo;
      const died = { state: "publishing", leaseUntil: new Date(0) };
      const planned = kind === "new" ? file.id : newId();
      await db.collection("uploads").updateOne({ ownerId }, { $set: { ...died, fileId: planned } });
      const fileId = state === "staged" ? planned : file.id;
      await db
        .collection("versions")
        .updateOne({ ownerId, sizeBytes: 5 }, { $set: { state, fileId } });
      expect((await tus.head(path)).status).toBe(200);

      expect((await client.delete(file.links.content)).status).toBe(204);

      expect((await tus.head(path)).status).toBe(404);
      await world().settle();
      expect((await tus.head(path)).status).toBe(404);
    },
  );

  test("and which was concatenated is 404, and so is the same concatenation again", async () => {
    const { client, tus } = await newUploader(world());
    const part = await tus.begin(
      { "Upload-Length": "5", "Upload-Concat": "partial" },
      Buffer.from("hello"),
    );
    const final = { "Upload-Concat": `final;${part}` };
    const created = await tus.create(final);
    const { file } = await contentOf(client, created.headers);

    expect((await client.delete(file.links.content)).status).toBe(204);

    expect((await tus.create(final)).status).toBe(404);
    expect((await tus.head(locationOf(created.headers))).status).toBe(404);
  });

  test("is there as long as its file, though a later version has replaced its bytes", async () => {
    const { client, tus } = await newUploader(world());
    const metadata = { "Upload-Metadata": `filename ${Buffer.from("a").toString("base64")}` };
    const path = await tus.begin({ "Upload-Length": "5", ...metadata }, Buffer.from("hello"));

    const { links } = await client.store("a", randomBytes(3));
    expect(await tus.offset(path)).toBe(5);
    await client.delete(links.content);

    expect((await tus.head(path)).status).toBe(404);
  });
});
