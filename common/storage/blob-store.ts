import { Long, ObjectId } from "mongodb";
import { documentLoader } from "../platform/batch-loader.js";
import { insertUnlessTaken } from "../platform/mongo.js";
import type { Id } from "../platform/ids.js";
import { insertion, type Write } from "../platform/write.js";
import {
  type ByteWindow,
  ChunkReader,
  readWindow,
  type StoredBlob,
  storedBlob,
} from "./blob-reader.js";
import { BlobWriter, type WrittenBlob } from "./blob-writer.js";
import {
  type BlobFileDoc,
  type BlobMetadata,
  type Bucket,
  CHUNK_SIZE_BYTES,
  type ChunkDoc,
  removeChunks,
} from "./bucket.js";
import type { Restrictions } from "./blob-quarantine.js";
import { QuarantinedError } from "./errors.js";
import { FrameCipher } from "./frame-cipher.js";
import { storedBytesOf } from "./frames.js";
import type { Keyring, WrappedKey } from "./keyring.js";
import { HeldCipher } from "./held-cipher.js";

/** Of some 500 bytes each. */
const BLOBS_PER_QUERY = 128;

/** A blob, and the key that it is written with. */
export interface KeptBlob {
  readonly blobId: ObjectId;
  /** `null` for an unencrypted blob. */
  readonly encryption: WrappedKey | null;
}

/** A blob that is being written. */
export interface NewBlob extends KeptBlob {
  /** The first version that holds it. */
  readonly versionId: Id;
  /** The blob that this one is to replace. */
  readonly copyOf?: ObjectId;
  /** Those of the blob that this one is to replace. */
  readonly restrictions?: Restrictions;
}

/** What encrypts and decrypts one blob's frames, and what a resumable upload of it holds back. */
export interface BlobCiphers {
  readonly frames: FrameCipher;
  readonly held: HeldCipher;
}

/** What stores a small blob, in this order. */
export interface BlobWrites {
  readonly stored: Write | undefined;
  readonly committed: Write;
}

/** The bytes of versions, in the GridFS layout. */
export interface BlobStore {
  /** A data key for a new blob, wrapped; `null` where no key is configured. It is to be recorded before the first byte. */
  newDataKey(blobId: ObjectId): WrappedKey | null;
  /**
   * Resolves the key of a blob; `undefined` for an unencrypted one.
   *
   * @throws EncryptionKeyError
   */
  ciphersOf(blob: KeptBlob): BlobCiphers | undefined;
  /** @throws EncryptionKeyError */
  openWriter(blob: KeptBlob): BlobWriter;
  /** Makes a written blob exist for readers. Repeating it changes nothing. */
  commit(blob: NewBlob, written: WrittenBlob): Promise<void>;
  /**
   * The writes that store and commit a blob of at most one frame. `stored` is `undefined` where there is nothing to store.
   *
   * @throws EncryptionKeyError
   */
  writesOf(blob: NewBlob, content: Buffer, written: WrittenBlob): BlobWrites;
  /**
   * Resolves to `undefined` when no such blob was committed.
   *
   * @throws EncryptionKeyError
   * @throws DamagedContentError when its `blobs.files` document is impossible.
   */
  find(blobId: ObjectId): Promise<StoredBlob | undefined>;
  /** {@link find} for content that is given to somebody. @throws QuarantinedError for a blob in quarantine. */
  findServed(blobId: ObjectId): Promise<StoredBlob | undefined>;
  /** The bytes of a window of a committed blob; see {@link readWindow}. */
  read(blob: StoredBlob, window: ByteWindow): AsyncGenerator<Buffer, void, undefined>;
  /**
   * Removes a blob that no version has as its content, committed or not. Repeating it changes nothing; stopping half-way leaves chunks,
   * never a reader's hole. What a version has is released instead (`BlobReferences`).
   */
  remove(blobId: ObjectId): Promise<void>;
}

interface Deps {
  readonly bucket: Bucket;
  readonly keyring: Keyring;
  readonly now: () => Date;
}

export function createBlobStore({ bucket, keyring, now }: Deps): BlobStore {
  const { files } = bucket;
  const chunks = new ChunkReader(bucket.chunks);
  const findFile = findingFiles(files);
  const { framesOf, opened } = openingBlobs(keyring);

  return {
    newDataKey: (blobId) => keyring.newDataKey(blobId),
    ciphersOf({ blobId, encryption }) {
      if (encryption === null) return undefined;
      const dataKey = keyring.unwrap(blobId, encryption);
      return { frames: new FrameCipher(dataKey, blobId), held: new HeldCipher(dataKey, blobId) };
    },
    openWriter: (blob) => new BlobWriter({ bucket, blobId: blob.blobId, cipher: framesOf(blob) }),
    async commit(blob, written) {
      await insertUnlessTaken(files, blobFile(blob, written, now()));
    },
    writesOf(blob, content, written) {
      const chunk = onlyChunk(blob.blobId, content, framesOf(blob));
      return {
        stored: chunk && insertion(bucket.chunks, chunk),
        committed: insertion(files, blobFile(blob, written, now())),
      };
    },
    async find(blobId) {
      const document = await findFile({ _id: blobId });
      return document && opened(document);
    },
    async findServed(blobId) {
      const document = await findFile({ _id: blobId });
      if (document?.metadata?.quarantine !== undefined) throw new QuarantinedError();
      return document && opened(document);
    },
    read: (blob, window) => readWindow(chunks, blob, window),
    async remove(blobId) {
      // Readers first lose sight of the blob; only then do its chunks go.
      await files.deleteOne({ _id: blobId });
      await removeChunks(bucket, blobId);
    },
  };
}

function openingBlobs(keyring: Keyring) {
  const framesOf = ({ blobId, encryption }: KeptBlob) =>
    encryption === null ? undefined : new FrameCipher(keyring.unwrap(blobId, encryption), blobId);
  const opened = (document: BlobFileDoc) => {
    const { _id: blobId, metadata } = document;
    return storedBlob(document, framesOf({ blobId, encryption: metadata?.encryption ?? null }));
  };
  return { framesOf, opened };
}

const findingFiles = (collection: Bucket["files"]) =>
  documentLoader<Pick<BlobFileDoc, "_id">, BlobFileDoc>({
    collection,
    queryOf: (keys) => ({ filter: { _id: { $in: keys.map(({ _id }) => _id) } } }),
    keyOf: ({ _id }) => _id.toHexString(),
    maxBatchSize: BLOBS_PER_QUERY,
  });

/** Of content of at most one frame. GridFS has no chunk for an empty file; an encrypted one has a chunk with its tag. */
function onlyChunk(
  blobId: ObjectId,
  content: Buffer,
  cipher: FrameCipher | undefined,
): ChunkDoc | undefined {
  if (cipher === undefined && content.length === 0) return undefined;
  const frame = { n: 0, pieces: [content], sizeBytes: content.length, isLast: true };
  const data = cipher === undefined ? content : cipher.encrypt(frame, 0);
  return { _id: new ObjectId(), files_id: blobId, n: frame.n, data };
}

/** What a committed blob is described by. It may have been begun with chunks of another size than new blobs have. */
export function blobFile(
  blob: NewBlob & { readonly chunkSizeBytes?: number },
  { sizeBytes, sha256 }: WrittenBlob,
  at: Date,
): BlobFileDoc & { metadata: BlobMetadata } {
  const { blobId, encryption, versionId, copyOf, restrictions } = blob;
  const { chunkSizeBytes = CHUNK_SIZE_BYTES } = blob;
  const layout = { chunkSizeBytes, isEncrypted: encryption !== null };
  return {
    _id: blobId,
    length: Long.fromNumber(storedBytesOf(sizeBytes, layout)),
    chunkSize: chunkSizeBytes,
    uploadDate: at,
    filename: blobId.toHexString(),
    metadata: {
      sha256,
      encryption,
      versionIds: [versionId],
      ...(copyOf !== undefined && { copyOf }),
      ...restrictions,
    },
  };
}
