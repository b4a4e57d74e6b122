import type { Db, ObjectId } from "mongodb";
import type { AccountDoc } from "../../common/accounts/account.js";
import type { FileDoc } from "../../common/files/file.js";
import type { BlobFileDoc, ChunkDoc } from "../../common/storage/bucket.js";
import type { UploadDoc } from "../../common/uploads/upload.js";
import type { VersionDoc } from "../../common/versions/version.js";

/** What must not be there when nothing runs: each entry says what is wrong, and all are empty in a sound store. */
export interface Leftovers {
  readonly uploads: readonly string[];
  readonly orphanChunks: readonly string[];
  readonly damagedBlobs: readonly string[];
  readonly unnamedBlobs: readonly string[];
  readonly wrongUsage: readonly string[];
}

export const NOTHING_LEFT: Leftovers = {
  uploads: [],
  orphanChunks: [],
  damagedBlobs: [],
  unnamedBlobs: [],
  wrongUsage: [],
};

/** Holds the whole database against itself, without any of the product's own code. */
export async function listLeftovers(db: Db): Promise<Leftovers> {
  const uploads = await db.collection<UploadDoc>("uploads").find().toArray();
  const versions = await db.collection<VersionDoc>("versions").find().toArray();
  const blobs = await db.collection<BlobFileDoc>("blobs.files").find().toArray();
  const lengths = await chunkLengths(db);
  const named = new Set(versions.map(({ blobId }) => blobId.toHexString()));
  const committed = new Map(blobs.map((blob) => [blob._id.toHexString(), blob]));
  return {
    uploads: uploads.map(({ _id, state }) => `${_id} is ${state}`),
    orphanChunks: [...lengths.keys()].filter((blobId) => !committed.has(blobId)),
    damagedBlobs: [...committed].flatMap(([blobId, blob]) => {
      const fault = faultOf(blob, lengths.get(blobId) ?? []);
      return fault === undefined ? [] : [`${blobId} ${fault}`];
    }),
    unnamedBlobs: [...committed.keys()].filter((blobId) => !named.has(blobId)),
    wrongUsage: await wrongUsage(db, versions),
  };
}

async function chunkLengths(db: Db): Promise<Map<string, number[]>> {
  const lengths = new Map<string, number[]>();
  const chunks = db
    .collection<ChunkDoc>("blobs.chunks")
    .find<{ files_id: ObjectId; n: number; data: Buffer }>(
      {},
      { sort: { files_id: 1, n: 1 }, promoteBuffers: true },
    );
  for await (const { files_id, n, data } of chunks) {
    const known = lengths.get(files_id.toHexString()) ?? [];
    known[n] = data.length;
    lengths.set(files_id.toHexString(), known);
  }
  return lengths;
}

function faultOf({ length, chunkSize }: BlobFileDoc, lengths: readonly number[]) {
  const size = Number(length);
  const expected = Math.ceil(size / chunkSize);
  if (lengths.length !== expected) return `has ${lengths.length} chunks instead of ${expected}`;
  const isRight = lengths.every((bytes, n) => bytes === Math.min(chunkSize, size - n * chunkSize));
  return isRight ? undefined : "has a chunk of a wrong length";
}

async function wrongUsage(db: Db, versions: readonly VersionDoc[]): Promise<string[]> {
  const files = await db.collection<FileDoc>("files").find().toArray();
  const accounts = await db.collection<AccountDoc>("accounts").find().toArray();
  return accounts.flatMap(({ _id, usage, allocatedBytes, reservations }) => {
    const bytes = versions
      .filter(({ ownerId }) => ownerId === _id)
      .reduce((sum, { sizeBytes }) => sum + Number(sizeBytes), 0);
    const count = files.filter(({ ownerId }) => ownerId === _id).length;
    const isRight =
      Number(usage.bytes) === bytes &&
      Number(usage.files) === count &&
      Number(allocatedBytes) === bytes &&
      reservations.length === 0;
    const said = JSON.stringify({ usage, allocatedBytes, reservations });
    return isRight ? [] : [`${_id} has ${bytes} bytes in ${count} files, and says ${said}`];
  });
}
