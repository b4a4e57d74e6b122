import {
  type Binary,
  type Collection,
  type Db,
  type Filter,
  type IndexDescription,
  type Long,
  MongoServerError,
  type ObjectId,
  WriteConcern,
} from "mongodb";
import type { Id } from "../platform/ids.js";
import { translateMongoError } from "../platform/mongo-errors.js";
import type { WrappedKey } from "./keyring.js";
import {
  openPreviewBucket,
  type PreviewBucket,
  previewIndexes,
  removePreviews,
} from "./preview-bucket.js";

/**
 * Stored bytes per chunk of a new blob, chosen by measuring (`docs/speed.md`): half of GridFS's default. With the document around it, a
 * chunk fits 32 pages of 4 KiB of the embedded store.
 */
export const CHUNK_SIZE_BYTES = 127 * 1024;

const CHUNKS_PER_DELETE = 256;

/** Why nobody is given a blob. */
export interface QuarantineMark {
  /** The name of the signature that the scanner found, or why it could not look inside. */
  reason: string;
  /** The name of the signature; `null` where the scanner could not look inside. */
  signature: string | null;
  at: Date;
  /** The version with which it was found. */
  versionId: Id;
}

/** What is kept with a blob. */
export interface BlobMetadata {
  /** Of the content, lower-case hexadecimal. */
  sha256: string;
  /** The versions that hold the blob; it goes with the last. Missing only where another tool has restored the document. */
  versionIds?: Id[];
  /** The archives that hold the blob: it stays until they have ended, also without a version. */
  archiveIds?: Id[];
  /** `null` (or missing) for an unencrypted blob. */
  encryption?: WrappedKey | null;
  /** The blob that this one was made to replace: it counts as committed only while a version names it. */
  copyOf?: ObjectId;
  /** The fencing token that the resumable upload was finished with; no other upload has one. */
  fencingToken?: number;
  /** No reader is given the blob while this is set; see `BlobQuarantine`. */
  quarantine?: QuarantineMark;
  /** The reasons for a quarantine that an admin has overruled. */
  released?: string[];
}

/** A document of `blobs.files` (GridFS specification). The name is the blob id: names and owners stay out of the bucket. */
export interface BlobFileDoc {
  _id: ObjectId;
  /** Stored bytes: those of the content, and of the seals where it is encrypted. */
  length: Long;
  chunkSize: number;
  uploadDate: Date;
  filename: string;
  /** Another GridFS tool may leave it out. */
  metadata?: BlobMetadata;
}

/** A document of `blobs.chunks` (GridFS specification). Every chunk but the last holds `chunkSize` bytes. */
export interface ChunkDoc {
  _id: ObjectId;
  files_id: ObjectId;
  n: number;
  data: Binary | Buffer;
  /** The fencing token that a resumable upload stored it with (Int32, above 0); no other upload has one. */
  fencingToken?: number;
}

/** The two collections of the GridFS bucket `blobs`, and those of its previews. */
export interface Bucket {
  readonly files: Collection<BlobFileDoc>;
  readonly chunks: Collection<ChunkDoc>;
  readonly previews: PreviewBucket;
  /**
   * Inserts chunks, at most some MiB of them, in one command. `insertMany` would copy each chunk twice as often (`docs/speed.md`). It does
   * not try again when the connection breaks.
   *
   * @throws MongoServerError for the first chunk that is refused; those before it are stored.
   */
  insertChunks(batch: readonly ChunkDoc[]): Promise<void>;
}

export function openBucket(db: Db): Bucket {
  const chunks = db.collection<ChunkDoc>("blobs.chunks");
  return {
    files: db.collection("blobs.files"),
    chunks,
    previews: openPreviewBucket(db),
    async insertChunks(documents) {
      const command = { insert: chunks.collectionName, documents };
      // A command of one's own has no write concern, unlike a collection.
      const { writeConcern = new WriteConcern("majority", undefined, true) } = chunks;
      const reply: InsertReply = await db.command(WriteConcern.apply(command, writeConcern));
      const failure = reply.writeErrors?.[0] ?? reply.writeConcernError;
      if (failure !== undefined) throw translateMongoError(new MongoServerError(failure));
    },
  };
}

/** No archive holds the blob. */
export const HELD_BY_NO_ARCHIVE: Filter<BlobFileDoc> = {
  "metadata.archiveIds.0": { $exists: false },
};

/** Removes the chunks of a blob whose document is gone, and its previews. */
export async function removeChunks({ chunks, previews }: Bucket, blobId: ObjectId): Promise<void> {
  await removePreviews(previews, [blobId]);
  // From the end, a bounded number at a time, so that no single delete takes longer than MongoDB may be silent.
  for (;;) {
    const last = await chunks.findOne(
      { files_id: blobId },
      { sort: { n: -1 }, projection: { n: 1 } },
    );
    if (last === null) return;
    await chunks.deleteMany({ files_id: blobId, n: { $gt: last.n - CHUNKS_PER_DELETE } });
  }
}

/** What MongoDB answers to `insert`: the command succeeds although a document was refused. */
interface InsertReply {
  readonly writeErrors?: readonly { readonly code: number; readonly errmsg: string }[];
  readonly writeConcernError?: { readonly code: number; readonly errmsg: string };
}

/** The indexes that every GridFS tool expects, one by master key, in which plain blobs stand under null, and one of the blobs in quarantine. */
export const bucketIndexes: Readonly<Record<string, readonly IndexDescription[]>> = {
  "blobs.files": [
    { key: { filename: 1, uploadDate: 1 } },
    { key: { "metadata.encryption.keyId": 1, _id: 1 } },
    {
      key: { "metadata.quarantine.at": -1 },
      partialFilterExpression: { "metadata.quarantine.at": { $exists: true } },
    },
  ],
  ...previewIndexes,
  "blobs.chunks": [{ key: { files_id: 1, n: 1 }, unique: true }],
};
