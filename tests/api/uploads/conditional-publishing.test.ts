import { Readable } from "node:stream";
import { describe, expect, test } from "@jest/globals";
import { Long } from "mongodb";
import type { FileEntry } from "../../../common/entries/entry.js";
import type { UploadDoc } from "../../../common/uploads/upload.js";
import { beginUpload } from "../../support/begin-upload.js";
import type { Client } from "../../support/client.js";
import type { FileJson } from "../../support/answer-json.js";
import { TusClient } from "../../support/tus-client.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const textOf = async (client: Client, { links }: FileJson) =>
  (await client.get(links.content)).bytes.toString();

describe("A resumable upload with a condition", () => {
  const named = (fields: Record<string, string>) => ({
    "Upload-Length": "3",
    "Upload-Metadata": `filename ${Buffer.from("a").toString("base64")}`,
    ...fields,
  });

  test("is 412 when it begins and the condition does not hold", async () => {
    const client = await world().member();
    const tus = new TusClient(client);

    const { status, problem } = await tus.create(named({ "If-Match": "*" }));

    expect([status, problem?.code]).toEqual([412, "precondition-failed"]);
  });

  test("is 412 with its last byte when somebody was faster, and nothing of it stays", async () => {
    const client = await world().member();
    const file = await client.store("a", "old");
    const tus = new TusClient(client);
    const path = await tus.begin(named({ "If-Match": file.etag }));
    await tus.patch(path, { offset: 0, body: Buffer.from("n") });
    await client.store("a", "faster");

    const last = await tus.patch(path, { offset: 1, body: Buffer.from("ew") });

    expect([last.status, last.problem?.code]).toEqual([412, "precondition-failed"]);
    expect((await tus.head(path)).status).toBe(404);
    expect(await textOf(client, file)).toBe("faster");
  });

  test("of a date is 412 with its last byte when the file was changed since", async () => {
    const client = await world().member();
    const file = await client.store("a", "old");
    const since = { "If-Unmodified-Since": new Date(file.updatedAt).toUTCString() };
    const tus = new TusClient(client);
    const path = await tus.begin(named(since), Buffer.from("n"));
    const later = { updatedAt: new Date(Date.parse(file.updatedAt) + 5000) };
    await world()
      .mongo.db.collection<FileEntry>("entries")
      .updateOne({ _id: file.id }, { $set: later });

    const last = await tus.patch(path, { offset: 1, body: Buffer.from("ew") });

    expect([last.status, last.problem?.code]).toEqual([412, "precondition-failed"]);
    expect(await textOf(client, file)).toBe("old");
  });

  test("replaces what is there when the condition holds", async () => {
    const client = await world().member();
    const file = await client.store("a", "old");
    const tus = new TusClient(client);

    await tus.begin(named({ "If-Match": file.etag }), Buffer.from("new"));

    expect(await textOf(client, file)).toBe("new");
  });
});

describe("An upload that was decided and whose process died", () => {
  test.each([
    [true, "new"],
    [false, "faster"],
  ])("is published by the sweep if its condition holds then: %s", async (isMet, expected) => {
    const client = await world().member();
    const file = await client.store("a", "old");
    await world().settle();
    const upload = await beginUpload(world(), client, {
      name: "a",
      condition: { ifMatch: [file.etag.slice(1, -1)], ifNoneMatch: null },
    });
    await upload.receive(Readable.from([Buffer.from("new")]));
    if (!isMet) await client.store("a", "faster");
    await world()
      .mongo.db.collection<UploadDoc>("uploads")
      .updateMany(
        { state: "receiving" },
        {
          $set: {
            state: "publishing",
            leaseUntil: new Date(0),
            sizeBytes: Long.fromNumber(3),
            sha256: upload.received?.sha256 ?? "",
          },
        },
      );

    await world().sweep();

    expect(await textOf(client, file)).toBe(expected);
  });
});
