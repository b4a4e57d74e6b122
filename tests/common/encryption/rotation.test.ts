import { randomBytes } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { EncryptionRepository } from "../../../common/encryption/repository.js";
import { KeyRotation } from "../../../common/encryption/rotation.js";
import type { EncryptionKey } from "../../../common/platform/setting.js";
import { CHUNK_SIZE_BYTES as CHUNK, openBucket } from "../../../common/storage/bucket.js";
import { Keyring } from "../../../common/storage/keyring.js";
import type { UploadDoc } from "../../../common/uploads/upload.js";
import { beginUpload } from "../../support/begin-upload.js";
import { newKey, openBlobs, readAll, writeBlob } from "../../support/blobs.js";
import type { Client } from "../../support/client.js";
import type { FileJson } from "../../support/answer-json.js";
import { useWorld } from "../../support/use-world.js";

const [former, current] = [newKey("former"), newKey("current")];

const world = useWorld({ encryptionKeys: [former] });
const db = () => world().mongo.db;

interface Options {
  readonly keys?: readonly EncryptionKey[];
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { done: number; total: number }) => void;
}

const rotate = ({ keys = [current, former], signal, onProgress }: Options = {}) =>
  new KeyRotation({
    repository: new EncryptionRepository(db()),
    keyring: new Keyring(keys),
    currentKeyId: keys[0]?.id ?? "",
    signal: signal ?? new AbortController().signal,
    onProgress: onProgress ?? (() => undefined),
  }).run();

const keyIds = () => new EncryptionRepository(db()).listKeyIds();

async function store(count: number): Promise<{ client: Client; files: FileJson[] }> {
  const client = await world().member();
  const files: FileJson[] = [];
  for (let n = 0; n < count; n += 1) {
    files.push(await client.store(`${n}`, randomBytes(n * CHUNK + n)));
  }
  await world().settle();
  return { client, files };
}

async function empty({ client, files }: Awaited<ReturnType<typeof store>>): Promise<void> {
  for (const { links } of files) await client.delete(links.content);
  await world().settle();
}

describe("Rotating the keys", () => {
  test("wraps every data key with the current key, rewrites no byte, and the former key is needed no more", async () => {
    const mine = await store(5);
    const chunks = () => openBucket(db()).chunks.find().sort({ _id: 1 }).toArray();
    const before = await chunks();

    const result = await rotate();

    expect(result).toEqual({ rewrapped: 5, remaining: 0, faults: [] });
    expect(await keyIds()).toEqual(["current"]);
    expect(await chunks()).toEqual(before);
    const url = await world().addWeb({ encryptionKeys: [current] });
    for (const { links, sha256 } of mine.files) {
      const response = await fetch(url + links.content, {
        headers: { Cookie: mine.client.cookie },
      });
      const digest = await crypto.subtle.digest("SHA-256", await response.arrayBuffer());
      expect(Buffer.from(digest).toString("hex")).toBe(sha256);
    }
    expect(await rotate()).toEqual({ rewrapped: 0, remaining: 0, faults: [] });
    await empty(mine);
  });

  test("goes on where it was interrupted", async () => {
    const mine = await store(5);
    const stopping = new AbortController();
    const onProgress = ({ done }: { done: number }) => {
      if (done === 2) stopping.abort();
    };

    await expect(rotate({ signal: stopping.signal, onProgress })).rejects.toThrow(/abort/);

    expect(await keyIds()).toEqual(["current", "former"]);
    expect(await rotate()).toEqual({ rewrapped: 3, remaining: 0, faults: [] });
    await empty(mine);
  });

  test("may run several times at once, and counts each key once", async () => {
    const mine = await store(6);

    const results = await Promise.all([rotate(), rotate(), rotate()]);

    expect(results.reduce((sum, { rewrapped }) => sum + rewrapped, 0)).toBe(6);
    expect(await keyIds()).toEqual(["current"]);
    await empty(mine);
  });

  test("wraps the keys of uploads on their way in too, and finds those that were committed meanwhile when it is run again", async () => {
    const client = await world().member();
    const upload = await beginUpload(world(), client, { name: "b" });

    expect(await rotate()).toMatchObject({ rewrapped: 1 });
    const entry = await db().collection<UploadDoc>("uploads").findOne();
    expect(entry?.encryption?.keyId).toBe("current");
    await upload.receive(oneByOne(["half ", "and half"]));
    await upload.publish();
    await world().settle();
    const [file] = (await client.get("/api/v1/files")).json.items;
    expect((await client.get(file?.links.content ?? "")).bytes.toString()).toBe("half and half");
    expect(await rotate()).toEqual({ rewrapped: 1, remaining: 0, faults: [] });
    await client.delete(file?.links.content ?? "");
  });

  test("names the keys that it lacks, and wraps the others", async () => {
    const lost = newKey("lost");
    const blobs = openBlobs(db(), [lost]);
    const { blob } = await writeBlob(blobs, Buffer.from("out of reach"));
    const mine = await store(2);

    const result = await rotate();

    expect(result).toMatchObject({ rewrapped: 2, remaining: 1 });
    expect(result.faults).toEqual([
      `blob ${blob.blobId.toHexString()}, key lost: the key of this id is not set`,
    ]);
    expect(await rotate({ keys: [current, lost] })).toMatchObject({ rewrapped: 1, remaining: 0 });
    const store2 = openBlobs(db(), [current]);
    const found = await store2.find(blob.blobId);
    const bytes = found && (await readAll(store2.read(found, { first: 0, last: 11 })));
    expect(bytes?.toString()).toBe("out of reach");
    await blobs.remove(blob.blobId);
    await empty(mine);
  });
});

async function* oneByOne(texts: readonly string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text));
}
