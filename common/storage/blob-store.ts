import { Long, type ObjectId } from "mongodb";
import { isDuplicateKey } from "../platform/mongo.js";
import { type ByteWindow, readWindow, type StoredBlob, storedBlob } from "./blob-reader.js";
import { BlobWriter, type WrittenBlob } from "./blob-writer.js";
import { type Bucket, CHUNK_SIZE_BYTES } from "./bucket.js";

const CHUNKS_PER_DELETE = 256;

/** The bytes of versions, in the GridFS layout. */
export interface BlobStore {
  openWriter(blobId: ObjectId): BlobWriter;
  /** Makes a written blob exist for readers. Repeating it changes nothing. */
  commit(blobId: ObjectId, written: WrittenBlob): Promise<void>;
  /** Resolves to `undefined` when no such blob was committed. */
  find(blobId: ObjectId): Promise<StoredBlob | undefined>;
  /** The bytes of a window of a committed blob; see {@link readWindow}. */
  read(blob: StoredBlob, window: ByteWindow): AsyncGenerator<Buffer, void, undefined>;
  /** Removes a blob, committed or not. Repeating it changes nothing; stopping half-way leaves chunks, never a reader's hole. */
  remove(blobId: ObjectId): Promise<void>;
}

export function createBlobStore(bucket: Bucket, now: () => Date): BlobStore {
  const { files, chunks } = bucket;

  /** From the end, a bounded number at a time, so that no single delete takes longer than MongoDB may be silent. */
  async function removeChunks(blobId: ObjectId): Promise<void> {
    for (;;) {
      const last = await chunks.findOne(
        { files_id: blobId },
        { sort: { n: -1 }, projection: { n: 1 } },
      );
      if (last === null) return;
      await chunks.deleteMany({ files_id: blobId, n: { $gt: last.n - CHUNKS_PER_DELETE } });
    }
  }

  return {
    openWriter: (blobId) => new BlobWriter(bucket, blobId),
    async commit(blobId, { sizeBytes, sha256 }) {
      try {
        await files.insertOne({
          _id: blobId,
          length: Long.fromNumber(sizeBytes),
          chunkSize: CHUNK_SIZE_BYTES,
          uploadDate: now(),
          filename: blobId.toHexString(),
          metadata: { sha256 },
        });
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
      }
    },
    async find(blobId) {
      const document = await files.findOne({ _id: blobId });
      return document === null ? undefined : storedBlob(document);
    },
    read: (blob, window) => readWindow(bucket, blob, window),
    async remove(blobId) {
      // Readers first lose sight of the blob; only then do its chunks go.
      await files.deleteOne({ _id: blobId });
      await removeChunks(blobId);
    },
  };
}
