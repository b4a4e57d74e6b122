import { createSecretKey, randomBytes } from "node:crypto";
import type { Db } from "mongodb";
import { newBlobId, newId } from "../../common/platform/ids.js";
import type { EncryptionKey } from "../../common/platform/setting.js";
import { type BlobStore, createBlobStore, type NewBlob } from "../../common/storage/blob-store.js";
import type { WrittenBlob } from "../../common/storage/blob-writer.js";
import { openBucket } from "../../common/storage/bucket.js";
import { Keyring } from "../../common/storage/keyring.js";

/** A master key that nobody else has. */
export const newKey = (id: string): EncryptionKey => ({
  id,
  key: createSecretKey(randomBytes(32)),
});

/** The same key as `ENCRYPTION_KEYS` wants it. */
export const keyText = ({ id, key }: EncryptionKey) => `${id}:${key.export().toString("base64")}`;

export function openBlobs(db: Db, keys: readonly EncryptionKey[]): BlobStore {
  const keyring = new Keyring(keys);
  return createBlobStore({ bucket: openBucket(db), keyring, now: () => new Date() });
}

/** A blob that nobody has written yet, with a key of its own where the store encrypts. */
export function beginBlob(blobs: BlobStore): NewBlob {
  const blobId = newBlobId();
  return { blobId, encryption: blobs.newDataKey(blobId), versionId: newId() };
}

/** Writes a blob in pieces of a size, and commits it. */
export async function writeBlob(
  blobs: BlobStore,
  content: Buffer,
  pieceBytes = 65_536,
): Promise<{ blob: NewBlob; written: WrittenBlob }> {
  const blob = beginBlob(blobs);
  const writer = blobs.openWriter(blob);
  for (let from = 0; from < content.length; from += pieceBytes) {
    await writer.append(content.subarray(from, from + pieceBytes));
  }
  const written = await writer.finish();
  await blobs.commit(blob, written);
  return { blob, written };
}

export async function readAll(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const read: Buffer[] = [];
  for await (const piece of pieces) read.push(piece);
  return Buffer.concat(read);
}
