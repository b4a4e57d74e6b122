import { type Collection, type Db, Long, MongoClient, ObjectId } from "mongodb";
import {
  type BlobFileDoc,
  bucketIndexes,
  type ChunkDoc,
  CHUNK_SIZE_BYTES,
  openBucket,
} from "../../common/storage/bucket.js";
import { type Client, Clients, type StoredFile, unsupported, type Workload } from "./workload.js";

/*
 * node driver.js MONGODB_URL DATABASE CLIENTS
 *
 * Runs the workloads that its parent process sends, with the driver alone, and sends back the outcomes.
 */
const CHUNKS_PER_COMMAND = 8;
/** What the embedded store is fastest with. */
const INSERTS_AT_ONCE = 4;
const FINDS_AT_ONCE = 2;

/** Writes and reads the same documents as a GridFS writer and reader, in one buffer, without HTTP, names or digests. */
class DriverClient implements Client {
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

  uploadTus(): Promise<StoredFile> {
    return unsupported();
  }

  getAccount(): Promise<void> {
    return unsupported();
  }

  close(): void {
    // All clients share one MongoClient.
  }

  #chunkOf(fileId: ObjectId, n: number, sizeBytes: number): ChunkDoc {
    const bytes = Math.min(CHUNK_SIZE_BYTES, sizeBytes - n * CHUNK_SIZE_BYTES);
    return { _id: new ObjectId(), files_id: fileId, n, data: this.#content.subarray(0, bytes) };
  }
}

/** Runs a command for each batch of chunks, `atOnce` of them at a time. */
async function inBatches(
  { first, last, atOnce }: { first: number; last: number; atOnce: number },
  command: (from: number, to: number) => Promise<void>,
): Promise<void> {
  let next = first;
  const worker = async () => {
    while (next <= last) {
      const from = next;
      next += CHUNKS_PER_COMMAND;
      await command(from, Math.min(last, from + CHUNKS_PER_COMMAND - 1));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

const [mongodbUrl = "", database, clientCount] = process.argv.slice(2);
const client = await MongoClient.connect(mongodbUrl, {
  writeConcern: { w: "majority", journal: true },
});
const db = client.db(database);
const bucket = openBucket(db);
await bucket.chunks.createIndexes([...(bucketIndexes["blobs.chunks"] ?? [])]);
await bucket.files.createIndexes([...(bucketIndexes["blobs.files"] ?? [])]);

const clients = new Clients(
  Array.from({ length: Number(clientCount) }, () => new DriverClient(db)),
);
process.on("message", (workload: Workload) => {
  clients.run(workload).then(
    (outcome) => process.send?.(outcome),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
});
process.send?.("ready");
