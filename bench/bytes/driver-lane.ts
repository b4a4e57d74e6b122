import { type Collection, type Db, Long, ObjectId } from "mongodb";
import {
  type BlobFileDoc,
  type ChunkDoc,
  CHUNK_SIZE_BYTES,
  openBucket,
} from "../../common/storage/bucket.js";
import type { Lane, StoredFile } from "./job.js";

const CHUNKS_AT_ONCE = 8;
const INSERTS_AT_ONCE = 4;
const FINDS_AT_ONCE = 2;

/** Makes and looks at the same documents as a GridFS writer and reader, in one buffer, without HTTP, names or digests. */
export class DriverLane implements Lane {
  readonly #chunks: Collection<ChunkDoc>;
  readonly #files: Collection<BlobFileDoc>;
  readonly #content = Buffer.alloc(CHUNK_SIZE_BYTES, "content");

  constructor(db: Db) {
    const { chunks, files } = openBucket(db);
    this.#chunks = chunks;
    this.#files = files;
  }

  async upload(sizeBytes: number): Promise<StoredFile> {
    const fileId = new ObjectId();
    const last = Math.ceil(sizeBytes / CHUNK_SIZE_BYTES) - 1;
    await inBatches({ first: 0, last, atOnce: INSERTS_AT_ONCE }, async (from, to) => {
      const batch = Array.from({ length: to - from + 1 }, (_, index) =>
        this.#chunkOf(fileId, from + index, sizeBytes),
      );
      await this.#chunks.insertMany(batch);
    });
    await this.#files.insertOne({
      _id: fileId,
      length: Long.fromNumber(sizeBytes),
      chunkSize: CHUNK_SIZE_BYTES,
      uploadDate: new Date(),
      filename: fileId.toHexString(),
    });
    return { id: fileId.toHexString(), sizeBytes };
  }

  download(file: StoredFile): Promise<void> {
    return this.readRange(file, 0, file.sizeBytes - 1);
  }

  async readRange({ id }: StoredFile, first: number, last: number): Promise<void> {
    const chunks = {
      first: Math.floor(first / CHUNK_SIZE_BYTES),
      last: Math.floor(last / CHUNK_SIZE_BYTES),
      atOnce: FINDS_AT_ONCE,
    };
    await inBatches(chunks, async (from, to) => {
      const found = await this.#chunks
        .find(
          { files_id: new ObjectId(id), n: { $gte: from, $lte: to } },
          { sort: { n: 1 }, limit: to - from + 1, singleBatch: true, promoteBuffers: true },
        )
        .toArray();
      if (found.length !== to - from + 1) throw new Error("Chunks are missing");
    });
  }

  close(): void {
    // Lanes share the client.
  }

  #chunkOf(fileId: ObjectId, n: number, sizeBytes: number): ChunkDoc {
    const bytes = Math.min(CHUNK_SIZE_BYTES, sizeBytes - n * CHUNK_SIZE_BYTES);
    return { _id: new ObjectId(), files_id: fileId, n, data: this.#content.subarray(0, bytes) };
  }
}

/** As many chunks a command, and as many commands at once, as the product has for one file alone. */
async function inBatches(
  { first, last, atOnce }: { first: number; last: number; atOnce: number },
  command: (from: number, to: number) => Promise<void>,
): Promise<void> {
  let next = first;
  const worker = async () => {
    while (next <= last) {
      const from = next;
      next += CHUNKS_AT_ONCE;
      await command(from, Math.min(last, from + CHUNKS_AT_ONCE - 1));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
