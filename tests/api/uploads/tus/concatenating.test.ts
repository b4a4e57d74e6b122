import { describe, expect, test } from "@jest/globals";
import { newId } from "../../../../common/platform/ids.js";
import { newState } from "../../../../common/uploads/resumable/state.js";
import { TusClient } from "../../../support/tus-client.js";
import { useWorld } from "../../../support/use-world.js";
import { newUploader } from "./uploaders.js";

const world = useWorld();

const PART = { "Upload-Length": "3", "Upload-Concat": "partial" };

const idOf = (path: string) => path.split("/").at(-1) ?? "";

/** What a request that must not change an upload is answered: PATCH, and DELETE. */
async function change(tus: TusClient, path: string) {
  const patched = await tus.patch(path, { offset: 3, body: Buffer.alloc(0) });
  const removed = await tus.terminate(path);
  return [patched, removed].map(({ status, problem }) => [status, problem?.code]);
}

describe("A part that is being concatenated", () => {
  test("can be read, and is 409 for PATCH and DELETE, through any web process", async () => {
    const { client, tus } = await newUploader(world());
    const other = tus.at(await world().addWeb());
    const path = await tus.begin(PART, Buffer.from("abc"));
    const actor = await world().actorOf(client);

    const part = await world().services.resumableUploads.openPart(actor, idOf(path));
    for (const asker of [tus, other]) {
      expect(await change(asker, path)).toEqual([
        [409, "concatenation-running"],
        [409, "concatenation-running"],
      ]);
      expect(await asker.offset(path)).toBe(3);
    }
    await part.release();

    expect((await tus.terminate(path)).status).toBe(204);
  });
});

describe("A final upload", () => {
  const PARTS = [newId(), newId()];
  const CONCAT = `final;/uploads/${PARTS.join(" /uploads/")}`;

  /** As a concatenation enters it, before its first byte. */
  async function beginFinal(client: Parameters<ReturnType<typeof world>["actorOf"]>[0]) {
    const { access, uploads } = world().services;
    const place = await access.place(await world().actorOf(client), "root");
    const intent = {
      name: "final",
      claimedType: null,
      expectedBytes: 0,
      onConflict: "rename",
      condition: null,
      metadata: null,
      claimedSha256: null,
      isPart: false,
      concat: CONCAT,
    } as const;
    const uploadId = newId();
    const resumable = { ...(await newState(intent)), partIds: PARTS };
    const upload = await uploads.admit(place, intent, { uploadId, resumable });
    return { upload, path: `/api/v1/uploads/${uploadId}` };
  }

  test("has no Upload-Offset before it is whole, and neither takes bytes nor is removed", async () => {
    const { client, tus } = await newUploader(world());
    const { upload, path } = await beginFinal(client);

    const { status, headers } = await tus.head(path);
    expect([status, headers.get("upload-offset")]).toEqual([200, null]);
    expect(headers.get("upload-concat")).toBe(CONCAT);
    expect(await change(tus, path)).toEqual([
      [403, "final-upload"],
      [409, "concatenation-running"],
    ]);

    await upload.receive([]);
    await upload.publish();
    expect(await tus.offset(path)).toBe(0);
    expect(await change(tus, path)).toEqual([
      [403, "final-upload"],
      [409, "upload-published"],
    ]);
  });

  test("gives Upload-Concat back as it was sent", async () => {
    const { tus } = await newUploader(world());
    const part = await tus.begin(PART, Buffer.from("abc"));
    const field = `final; https://files.example${part.replace("/v1", "")}`;

    const { headers } = await tus.create({ "Upload-Concat": field });

    const found = await tus.head(new URL(headers.get("location") ?? "").pathname);
    expect(found.headers.get("upload-concat")).toBe(field);
  });
});
