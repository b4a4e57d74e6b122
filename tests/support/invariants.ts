import { createHash, type Hash } from "node:crypto";
import type { Db, ObjectId } from "mongodb";
import type { AccountDoc } from "../../common/accounts/account.js";
import type { ArchiveDoc } from "../../common/archives/archive.js";
import type { FileEntry } from "../../common/entries/entry.js";
import type { BlobFileDoc, ChunkDoc } from "../../common/storage/bucket.js";
import type { PreviewChunkDoc, PreviewFileDoc } from "../../common/storage/preview-bucket.js";
import { countOutboxes, missingEvents } from "./event-invariants.js";
import type { UploadDoc } from "../../common/uploads/upload.js";
import { listWebhookJobs } from "./webhook-work.js";
import type { VersionDoc } from "../../common/versions/version.js";

/** What must not be there when nothing runs: each entry says what is wrong, and all are empty in a sound store. */
export interface Leftovers {
  readonly uploads: readonly string[];
  readonly orphanChunks: readonly string[];
  readonly damagedBlobs: readonly string[];
  readonly unnamedBlobs: readonly string[];
  /** Previews go with their blobs. */
  readonly lostPreviews: readonly string[];
  /** The set of versions that hold a blob is that of those that name it. */
  readonly wrongReferences: readonly string[];
  /** Only archives that have not ended hold blobs. */
  readonly lostHolds: readonly string[];
  readonly wrongUsage: readonly string[];
  /** The events of each account are numbered without gaps. */
  readonly missingEvents: readonly string[];
}

export const NOTHING_LEFT: Leftovers = {
  uploads: [],
  orphanChunks: [],
  damagedBlobs: [],
  unnamedBlobs: [],
  lostPreviews: [],
  wrongReferences: [],
  lostHolds: [],
  wrongUsage: [],
  missingEvents: [],
};

/** What stays in the ledger of a resumable upload that is over is no leftover: its client may ask how it ended. */
const UNDER_WAY = { state: { $ne: "published" } } as const;

/** Holds the whole database against itself, without any of the product's own code. */
export async function listLeftovers(db: Db): Promise<Leftovers> {
  const uploads = await db.collection<UploadDoc>("uploads").find(UNDER_WAY).toArray();
  const versions = await db.collection<VersionDoc>("versions").find().toArray();
  const blobs = await db.collection<BlobFileDoc>("blobs.files").find().toArray();
  const chunks = await readChunks(db);
  const living = { state: { $ne: "ending" } } as const;
  const archives = new Set(
    (await db.collection<ArchiveDoc>("archives").find(living).toArray()).map(({ _id }) => _id),
  );
  const named = new Set(versions.map(({ blobId }) => blobId.toHexString()));
  const committed = new Map(blobs.map((blob) => [blob._id.toHexString(), blob]));
  return {
    uploads: uploads.map(({ _id, state }) => `${_id} is ${state}`),
    orphanChunks: [...chunks.keys()].filter((blobId) => !committed.has(blobId)),
    damagedBlobs: [...committed].flatMap(([blobId, blob]) => {
      const fault = faultOf(blob, chunks.get(blobId));
      return fault === undefined ? [] : [`${blobId} ${fault}`];
    }),
    unnamedBlobs: [...committed].flatMap(([blobId, { metadata }]) => {
      const holders = [...(metadata?.archiveIds ?? [])];
      return named.has(blobId) || holders.some((id) => archives.has(id)) ? [] : [blobId];
    }),
    lostPreviews: await listLostPreviews(db, committed),
    lostHolds: [...committed].flatMap(([blobId, { metadata }]) =>
      (metadata?.archiveIds ?? [])
        .filter((id) => !archives.has(id))
        .map((id) => `${blobId} is held by ${id}, which is not there`),
    ),
    wrongReferences: wrongReferences(blobs, versions),
    wrongUsage: await wrongUsage(db, versions),
    missingEvents: await missingEvents(db),
  };
}

async function listLostPreviews(
  db: Db,
  committed: ReadonlyMap<string, BlobFileDoc>,
): Promise<string[]> {
  const files = await db.collection<PreviewFileDoc>("previews.files").find().toArray();
  const chunks = await db.collection<PreviewChunkDoc>("previews.chunks").find().toArray();
  const known = new Set(files.map(({ _id }) => _id.toHexString()));
  const blobIds = files.map(({ metadata }) => metadata.blobId.toHexString());
  const strays = chunks.map(({ files_id }) => files_id.toHexString());
  return [
    ...blobIds.filter((blobId) => !committed.has(blobId)),
    ...strays.filter((id) => !known.has(id)),
  ];
}

/** What is still to be done, counted by kind: what jobs do, and what the sweep does if no job and no request did it. */
export interface Work {
  readonly jobs: Readonly<
    Record<
      | "inspections"
      | "purges"
      | "versionPurges"
      | "deletions"
      | "mails"
      | "archives"
      | "watchedJobs"
      | "emptiedTrashes"
      | "measurements"
      | "webhooks",
      number
    >
  >;
  readonly sweep: Readonly<
    Record<"uploads" | "stagedVersions" | "reservations" | "outboxes", number>
  >;
}

/** As long as there is any work, {@link listLeftovers} may find what will not stay. */
export async function listWork(db: Db): Promise<Work> {
  const versions = db.collection<VersionDoc>("versions");
  const [
    inspections,
    purges,
    versionPurges,
    deletions,
    mails,
    archives,
    watchedJobs,
    emptiedTrashes,
    measurements,
    webhooks,
    uploads,
    stagedVersions,
    reservations,
    outboxes,
  ] = await Promise.all([
    versions.countDocuments({ state: { $ne: "staged" }, "pipeline.dueAt": { $exists: true } }),
    db.collection<FileEntry>("entries").countDocuments({ purgingSince: { $ne: null } }),
    versions.countDocuments({ purgingSince: { $exists: true } }),
    db.collection("accounts").countDocuments({ "deletion.purgeAt": { $lte: new Date() } }),
    db.collection("mails").countDocuments({ dueAt: { $lte: new Date() } }),
    db.collection("archives").countDocuments({ state: "preparing" }),
    db.collection("jobs").countDocuments({ state: { $in: ["queued", "running"] } }),
    db.collection("accounts").countDocuments({ trashEmptiedAt: { $exists: true } }),
    db.collection("usages").countDocuments({ requestedAt: { $exists: true } }),
    listWebhookJobs(db, new Date()).then(({ length }) => length),
    db.collection<UploadDoc>("uploads").countDocuments(UNDER_WAY),
    versions.countDocuments({ state: "staged" }),
    db.collection("accounts").countDocuments({ "reservations.uploadId": { $gt: "" } }),
    countOutboxes(db),
  ]);
  return {
    jobs: {
      inspections,
      purges,
      versionPurges,
      deletions,
      mails,
      archives,
      watchedJobs,
      emptiedTrashes,
      measurements,
      webhooks,
    },
    sweep: { uploads, stagedVersions, reservations, outboxes },
  };
}

export const isAny = (found: Readonly<Record<string, number>>) =>
  Object.values(found).some((count) => count > 0);

export const isAnyWork = ({ jobs, sweep }: Work) => isAny(jobs) || isAny(sweep);

function wrongReferences(blobs: readonly BlobFileDoc[], versions: readonly VersionDoc[]) {
  const naming = new Map<string, string[]>();
  for (const { _id, blobId } of versions) {
    naming.set(blobId.toHexString(), [...(naming.get(blobId.toHexString()) ?? []), _id]);
  }
  const committed = new Set(blobs.map(({ _id }) => _id.toHexString()));
  const missing = versions.filter(({ blobId }) => !committed.has(blobId.toHexString()));
  return [
    ...missing.map(({ _id, blobId }) => `${_id} names ${blobId.toHexString()}, which is not there`),
    ...blobs.flatMap(({ _id, metadata }) => {
      const named = (naming.get(_id.toHexString()) ?? []).toSorted().join();
      const held = (metadata?.versionIds ?? []).toSorted().join();
      return named === held ? [] : [`${_id.toHexString()} is held by ${held}, named by ${named}`];
    }),
  ];
}

interface ChunkedBytes {
  readonly lengths: number[];
  readonly hash: Hash;
}

async function readChunks(db: Db): Promise<Map<string, ChunkedBytes>> {
  const blobs = new Map<string, ChunkedBytes>();
  const chunks = db
    .collection<ChunkDoc>("blobs.chunks")
    .find<{ files_id: ObjectId; n: number; data: Buffer }>(
      {},
      { sort: { files_id: 1, n: 1 }, promoteBuffers: true },
    );
  for await (const { files_id, n, data } of chunks) {
    const known = blobs.get(files_id.toHexString()) ?? newBlob();
    known.lengths[n] = data.length;
    known.hash.update(data);
    blobs.set(files_id.toHexString(), known);
  }
  return blobs;
}

const newBlob = (): ChunkedBytes => ({ lengths: [], hash: createHash("sha256") });

function faultOf(
  { length, chunkSize, metadata }: BlobFileDoc,
  { lengths, hash }: ChunkedBytes = newBlob(),
) {
  const size = Number(length);
  const expected = Math.ceil(size / chunkSize);
  if (lengths.length !== expected) return `has ${lengths.length} chunks instead of ${expected}`;
  const isRight = lengths.every((bytes, n) => bytes === Math.min(chunkSize, size - n * chunkSize));
  if (!isRight) return "has a chunk of a wrong length";
  // Encrypted chunks have other bytes than were sent; tests that read the content hold that it can be decrypted.
  const isSealed = (metadata?.encryption ?? null) !== null;
  return isSealed || hash.digest("hex") === metadata?.sha256
    ? undefined
    : "has other bytes than were sent";
}

async function wrongUsage(db: Db, versions: readonly VersionDoc[]): Promise<string[]> {
  const files = await db.collection<FileEntry>("entries").find({ kind: "file" }).toArray();
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
