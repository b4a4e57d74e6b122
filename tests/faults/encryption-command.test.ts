import { randomBytes } from "node:crypto";
import { afterEach, describe, expect, test } from "@jest/globals";
import { newBlobId, newId } from "../../common/platform/ids.js";
import type { EncryptionKey } from "../../common/platform/setting.js";
import { CHUNK_SIZE_BYTES as CHUNK, openBucket } from "../../common/storage/bucket.js";
import { until, WatchedProcess } from "../support/watched-process.js";
import { keyText, newKey, openBlobs, writeBlob } from "../support/blobs.js";
import { built } from "../support/processes.js";
import { useWorld } from "../support/use-world.js";

const FILES = 4;

const [former, current] = [newKey("former"), newKey("current")];
const world = useWorld({}, { isDamaged: true });

const bucket = () => openBucket(world().mongo.db);

let running: WatchedProcess | undefined;

afterEach(() => running?.stop("SIGKILL"));

/** The command as an operator has it. */
function start(command: string, keys: readonly EncryptionKey[]): WatchedProcess {
  const env = {
    PATH: process.env["PATH"],
    MONGODB_URL: world().config.mongodbUrl,
    ENCRYPTION_KEYS: keys.map(keyText).join(","),
  };
  running = new WatchedProcess(process.execPath, [built("common/encryption"), command], { env });
  return running;
}

async function outcomeOf(command: string, keys: readonly EncryptionKey[]) {
  const started = start(command, keys);
  return { code: await started.untilEnded(), output: started.output };
}

const countPlain = () => bucket().files.countDocuments({ "metadata.encryption.keyId": null });

describe("npm run encryption", () => {
  test("says what it can do, and refuses what it cannot", async () => {
    const help = await outcomeOf("--help", []);
    expect(help.code).toBe(0);
    for (const command of ["status", "rotate", "encrypt"]) expect(help.output).toContain(command);

    expect((await outcomeOf("decrypt", [])).code).toBe(2);
    for (const command of ["rotate", "encrypt"]) {
      const { code, output } = await outcomeOf(command, []);
      expect(code).toBe(3);
      expect(output).toContain("ENCRYPTION_KEYS names no key");
    }
    const wrong = { id: "a b", key: current.key };
    const { code, output } = await outcomeOf("status", [wrong]);
    expect(code).toBe(3);
    expect(output).not.toContain(keyText(wrong).split(":")[1]);
  });

  test("encrypt, killed in the middle again and again, encrypts everything in the end and leaves nothing else", async () => {
    const client = await world().member();
    const contents = Array.from({ length: FILES }, () => randomBytes(12 * CHUNK));
    for (const [n, content] of contents.entries()) await client.store(`${n}`, content);
    await world().settle();

    for (let left = FILES; left > 0; left -= 1) {
      const encrypting = start("encrypt", [current]);
      // It is past the first chunks of a copy, and somewhere in the middle when it dies.
      await until(async () => (await countCopiedChunks()) >= 4 || (await countPlain()) < left);
      await encrypting.stop("SIGKILL");
    }
    const { code, output } = await outcomeOf("encrypt", [current]);

    expect(output).toMatch(/Encrypted: \d blobs?, /);
    expect(code).toBe(0);
    expect(await countPlain()).toBe(0);
    const url = await world().addWeb({ encryptionKeys: [current] });
    const { items } = (await client.get("/api/v1/files?sort=name")).json;
    for (const [n, { links }] of items.entries()) {
      const response = await fetch(url + links.content, { headers: { Cookie: client.cookie } });
      expect(contents[n]?.equals(Buffer.from(await response.arrayBuffer()))).toBe(true);
    }
    await world().sweep();
    await world().sweep();
    expect(await bucket().chunks.countDocuments()).toBe(FILES * 13);
    expect(await bucket().files.countDocuments()).toBe(FILES);
    expect(await client.usage()).toMatchObject({ bytes: FILES * 12 * CHUNK, files: FILES });
  });

  test("rotate, killed in the middle, goes on when it is run again, and status tells each time", async () => {
    const blobs = openBlobs(world().mongo.db, [former]);
    const { blob } = await writeBlob(blobs, randomBytes(10));
    for (let n = 0; n < 1000; n += 500) {
      await Promise.all(
        Array.from({ length: 500 }, () => {
          const blobId = newBlobId();
          const encryption = blobs.newDataKey(blobId);
          const blob = { blobId, encryption, versionId: newId() };
          return blobs.commit(blob, { sizeBytes: 0, sha256: "", crc32: 0 });
        }),
      );
    }
    const countFormer = () =>
      bucket().files.countDocuments({ "metadata.encryption.keyId": "former" });
    const before = await outcomeOf("status", [current]);
    expect(before.output).toContain("former: 1,001 blobs");
    expect(before.output).toContain("KEY NOT CONFIGURED");
    expect(before.code).toBe(1);

    const rotating = start("rotate", [current, former]);
    await until(async () => (await countFormer()) < 1001);
    await rotating.stop("SIGKILL");
    const { code } = await outcomeOf("rotate", [current, former]);

    expect(code).toBe(0);
    expect(await countFormer()).toBe(0);
    const after = await outcomeOf("status", [current]);
    expect(after.output).toContain("current: ");
    expect(after.output).not.toContain("former");
    expect(after.code).toBe(0);
    expect(await openBlobs(world().mongo.db, [current]).find(blob.blobId)).toMatchObject({
      sizeBytes: 10,
    });
  });

  test("stops between two steps on SIGTERM, and leaves nothing half-done", async () => {
    const client = await world().member();
    await client.store("large", randomBytes(60 * CHUNK));
    await world().settle();
    const blobs = await bucket().files.countDocuments();
    const encrypting = start("encrypt", [current]);
    await until(async () => (await countCopiedChunks()) >= 4);

    const code = await encrypting.stop("SIGTERM");

    expect([code, encrypting.output]).toEqual([130, expect.stringContaining("Interrupted")]);
    expect(await countCopiedChunks()).toBe(0);
    expect(await bucket().files.countDocuments()).toBe(blobs);
  });
});

/** Chunks that were written for a copy which no `blobs.files` document names yet. */
async function countCopiedChunks(): Promise<number> {
  const marked = await world()
    .mongo.db.collection("versions")
    .distinct("replacementBlobId", { replacementBlobId: { $exists: true } });
  return bucket().chunks.countDocuments({ files_id: { $in: marked } });
}
