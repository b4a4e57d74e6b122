import { randomBytes } from "node:crypto";
import { type Binary, Long, ObjectId } from "mongodb";
import { createIndexes } from "../../../common/migrations/indexes.js";
import type { EncryptionKey } from "../../../common/platform/setting.js";
import { type BlobFileDoc, type ChunkDoc, openBucket } from "../../../common/storage/bucket.js";
import type { DamagedBlobDoc } from "../../../common/damaged-blobs/repository.js";
import type { VersionDoc } from "../../../common/versions/version.js";
import { useWorld } from "../../support/use-world.js";
import type { World } from "../../support/world.js";

const NEVER = new AbortController().signal;

/** What stands in the database for one stored file. */
export interface Stored {
  readonly content: Buffer;
  readonly path: string;
  readonly blobId: ObjectId;
  readonly version: VersionDoc;
  readonly file: BlobFileDoc;
  readonly chunks: readonly ChunkDoc[];
}

/** A world in which a scrub reads everything whenever it is asked to, and tests look after the damage that they do. */
export function useScrubWorld(encryptionKeys: readonly EncryptionKey[] = []): () => World {
  return useWorld(
    { encryptionKeys, scrubBytesPerSecond: 2 ** 40, scrubIntervalDays: 0 },
    { isDamaged: true },
  );
}

export async function storeFile(world: World, sizeBytes: number): Promise<Stored> {
  const { db } = world.mongo;
  const content = randomBytes(sizeBytes);
  const { id, links } = await (await world.member()).store("a", content);
  await world.settle();
  const version = await db.collection<VersionDoc>("versions").findOne({ fileId: id });
  if (version === null) throw new Error("The file has no version");
  const { blobId } = version;
  const { files, chunks } = openBucket(db);
  const file = await files.findOne({ _id: blobId });
  if (file === null) throw new Error("The version has no blob");
  const stored = await chunks.find({ files_id: blobId }, { sort: { n: 1 } }).toArray();
  return { content, path: links.content, blobId, version, file, chunks: stored };
}

/** Puts back everything as it was. */
export async function restore(world: World, { blobId, version, file, chunks }: Stored) {
  const { db } = world.mongo;
  const bucket = openBucket(db);
  await bucket.chunks.deleteMany({ files_id: blobId });
  if (chunks.length > 0) await bucket.chunks.insertMany([...chunks]);
  await bucket.files.replaceOne({ _id: blobId }, file, { upsert: true });
  const versions = db.collection<VersionDoc>("versions");
  await versions.replaceOne({ _id: version._id }, version, { upsert: true });
  await createIndexes(db);
}

export const scrub = (world: World) => world.jobs.scrub.run(NEVER);

/** What is on the operator's list about a blob. */
export const listed = (world: World, blobId: ObjectId): Promise<DamagedBlobDoc | null> =>
  world.mongo.db.collection<DamagedBlobDoc>("damagedBlobs").findOne({ _id: blobId });

type Damaging = (world: World, stored: Stored) => Promise<unknown>;

const bucketOf = (world: World) => openBucket(world.mongo.db);

/** What can happen to a file of several chunks, and what the scrub calls it. */
export const DAMAGES: readonly [string, string, Damaging][] = [
  [
    "one bit was flipped",
    "altered",
    async (world, { blobId, chunks }) => {
      const data = Buffer.from((chunks[1]?.data as Binary).buffer);
      data[1000] = (data[1000] ?? 0) ^ 8;
      await bucketOf(world).chunks.updateOne({ files_id: blobId, n: 1 }, { $set: { data } });
    },
  ],
  [
    "a chunk was cut",
    "altered",
    (world, { blobId }) =>
      bucketOf(world).chunks.updateOne(
        { files_id: blobId, n: 1 },
        { $set: { data: Buffer.alloc(9) } },
      ),
  ],
  [
    "a chunk is missing",
    "missing-chunks",
    (world, { blobId }) => bucketOf(world).chunks.deleteOne({ files_id: blobId, n: 1 }),
  ],
  [
    "the last chunk is missing",
    "missing-chunks",
    (world, { blobId, chunks }) =>
      bucketOf(world).chunks.deleteOne({ files_id: blobId, n: chunks.length - 1 }),
  ],
  [
    "a chunk is there twice",
    "duplicate-chunks",
    async (world, { chunks: [first] }) => {
      const { chunks } = bucketOf(world);
      await chunks.dropIndex("files_id_1_n_1");
      if (first !== undefined) await chunks.insertOne({ ...first, _id: new ObjectId() });
    },
  ],
  [
    "a chunk stands behind the end",
    "additional-chunks",
    async (world, { chunks }) => {
      const last = chunks.at(-1);
      if (last === undefined) return;
      const additional = { ...last, _id: new ObjectId(), n: last.n + 1 };
      await bucketOf(world).chunks.insertOne(additional);
    },
  ],
  [
    "the blobs.files document is missing",
    "missing-document",
    (world, { blobId }) => bucketOf(world).files.deleteOne({ _id: blobId }),
  ],
  [
    "the blobs.files document has another length",
    "altered",
    (world, { blobId, file }) =>
      bucketOf(world).files.updateOne(
        { _id: blobId },
        { $set: { length: Long.fromNumber(Number(file.length) - 1) } },
      ),
  ],
  [
    "the blobs.files document has another digest",
    "altered",
    (world, { blobId }) =>
      bucketOf(world).files.updateOne({ _id: blobId }, { $set: { "metadata.sha256": "00" } }),
  ],
  [
    "the version is missing",
    "missing-version",
    (world, { version }) =>
      world.mongo.db.collection<VersionDoc>("versions").deleteOne({ _id: version._id }),
  ],
];
