import { randomBytes } from "node:crypto";
import { type Collection, Long, type MongoClient, ObjectId } from "mongodb";
import { BlobWriter } from "../../common/storage/blob-writer.js";
import { ChunkReader, readWindow } from "../../common/storage/blob-reader.js";
import {
  type Bucket,
  bucketIndexes,
  CHUNK_SIZE_BYTES,
  openBucket,
} from "../../common/storage/bucket.js";

const MIB = 1024 * 1024;
const PIECE_BYTES = 64 * 1024;
const CLIENTS = 50;
const DOCUMENT_BYTES = 1024;
const PAGE_DOCUMENTS = 50;
const LOAD_BATCH = 1000;
const HOLE_BYTES = 20_000;
const HOLES_PER_BATCH = 100;

interface Item {
  readonly _id: number;
  readonly pad: Buffer;
}

async function perSecond(amount: number, work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (amount * 1000) / (performance.now() - startedAt);
}

export async function openBlobs(client: MongoClient): Promise<Bucket> {
  const bucket = openBucket(client.db("bench"));
  await bucket.chunks.createIndexes([...(bucketIndexes["blobs.chunks"] ?? [])]);
  return bucket;
}

/** Writes one blob of pieces as a socket brings them. @returns MiB a second. */
export function writeBlob(bucket: Bucket, blobId: ObjectId, sizeBytes: number): Promise<number> {
  const piece = randomBytes(PIECE_BYTES);
  return perSecond(sizeBytes / MIB, async () => {
    const writer = new BlobWriter({ bucket, blobId, cipher: undefined });
    for (let sent = 0; sent < sizeBytes; sent += PIECE_BYTES)
      await writer.append(piece.subarray(0, Math.min(PIECE_BYTES, sizeBytes - sent)));
    await writer.finish();
  });
}

/** Reads one blob from its first byte to its last. @returns MiB a second. */
export function readBlob(bucket: Bucket, blobId: ObjectId, sizeBytes: number): Promise<number> {
  const layout = { chunkSizeBytes: CHUNK_SIZE_BYTES, frameBytes: CHUNK_SIZE_BYTES };
  const blob = { blobId, sizeBytes, storedBytes: sizeBytes, ...layout, cipher: undefined };
  const chunks = new ChunkReader(bucket.chunks);
  return perSecond(sizeBytes / MIB, async () => {
    let received = 0;
    for await (const bytes of readWindow(chunks, blob, { first: 0, last: sizeBytes - 1 }))
      received += bytes.length;
    if (received !== sizeBytes) throw new Error(`Read ${received} bytes instead of ${sizeBytes}`);
  });
}

/** Runs `work` for 0 to count - 1, as many at a time as there are clients. @returns How many a second. */
function concurrently(
  count: number,
  work: (index: number) => Promise<unknown>,
  clients = CLIENTS,
): Promise<number> {
  let next = 0;
  const client = async () => {
    for (let index = next++; index < count; index = next++) await work(index);
  };
  return perSecond(count, () => Promise.all(Array.from({ length: clients }, client)));
}

/** Inserts documents of 1 KiB, each acknowledged when it is on the disk. @returns Inserts a second. */
export async function insertDocuments(
  client: MongoClient,
  count: number,
  clients?: number,
): Promise<number> {
  const items = client.db("bench").collection<Item>("items");
  await items.deleteMany({});
  const pad = randomBytes(DOCUMENT_BYTES);
  return concurrently(count, (_id) => items.insertOne({ _id, pad }), clients);
}

/** Finds documents that {@link insertDocuments} has inserted. @returns Finds a second. */
export function findDocuments(client: MongoClient, count: number): Promise<number> {
  const items = client.db("bench").collection<Item>("items");
  return concurrently(count, async (_id) => {
    if ((await items.findOne({ _id })) === null) throw new Error(`Document ${_id} is missing`);
  });
}

/** Leaves so many holes of five pages in the data file: every second of the documents that fill it is deleted. */
export async function makeHoles(client: MongoClient, holes: number): Promise<void> {
  const items = client.db("bench").collection<Item & { readonly isHole: boolean }>("holes");
  const pad = randomBytes(HOLE_BYTES);
  const documentAt = (_id: number) => ({ _id, pad, isHole: _id % 2 === 0 });
  for (let from = 0; from < 2 * holes; from += HOLES_PER_BATCH)
    await items.insertMany(
      Array.from({ length: HOLES_PER_BATCH }, (_, at) => documentAt(from + at)),
    );
  for (let from = 0; from < 2 * holes; from += LOAD_BATCH)
    await items.deleteMany({ _id: { $gte: from, $lt: from + LOAD_BATCH }, isHole: true });
}

interface Row {
  readonly name: string;
  readonly sizeBytes: Long;
}

/** A collection to page through by its index. */
export async function loadRows(client: MongoClient, count: number): Promise<Collection<Row>> {
  const rows = client.db("bench").collection<Row>(`rows${count}`);
  await rows.createIndex({ name: 1 });
  for (let from = 0; from < count; from += LOAD_BATCH)
    await rows.insertMany(
      Array.from({ length: Math.min(LOAD_BATCH, count - from) }, (_, index) => rowAt(from + index)),
    );
  return rows;
}

function rowAt(index: number): Row {
  return { name: nameOf(index), sizeBytes: Long.fromNumber(index) };
}

function nameOf(index: number): string {
  return `file-${String(index).padStart(9, "0")}.txt`;
}

/** Reads pages of 50 rows that begin somewhere, one after the other. @returns Pages a second. */
export function readPages(rows: Collection<Row>, count: number, pages: number): Promise<number> {
  const step = Math.floor((count - PAGE_DOCUMENTS) / pages);
  return perSecond(pages, async () => {
    for (let page = 0; page < pages; page++) {
      const after = { name: { $gte: nameOf(page * step) } };
      const found = await rows.find(after).sort({ name: 1 }).limit(PAGE_DOCUMENTS).toArray();
      if (found.length !== PAGE_DOCUMENTS) throw new Error(`A page of ${found.length} documents`);
    }
  });
}
