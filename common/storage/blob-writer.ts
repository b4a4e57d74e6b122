import { ObjectId } from "mongodb";
import { upserting } from "../platform/mongo.js";
import { isDuplicateKey, isOutcomeUnknown } from "../platform/mongo-errors.js";
import { type Bucket, CHUNK_SIZE_BYTES, type ChunkDoc } from "./bucket.js";
import { ContentDigest, type ContentDigests } from "./content-digest.js";
import type { FrameCipher } from "./frame-cipher.js";
import { type Frame, FrameCutter, frameBytesOf, SEAL_BYTES } from "./frames.js";

/** Both chosen by measuring (`docs/speed.md`). */
const BYTES_PER_INSERT = 1024 * 1024;
const INSERTS_AT_ONCE = 2;

/** What arrived: the length of the content, and its digests. */
export interface WrittenBlob extends ContentDigests {
  readonly sizeBytes: number;
}

interface Options {
  readonly bucket: Pick<Bucket, "chunks" | "insertChunks">;
  readonly blobId: ObjectId;
  /** `undefined` for an unencrypted blob. */
  readonly cipher: FrameCipher | undefined;
}

/** Takes the bytes of one blob, in order, and stores them; takes their size and digest on the way. One writer per blob id, ever. */
export class BlobWriter {
  readonly #digest = new ContentDigest();
  readonly #cutter: FrameCutter;
  readonly #inserter: ChunkInserter;
  #sizeBytes = 0;

  constructor({ bucket, blobId, cipher }: Options) {
    const layout = { chunkSizeBytes: CHUNK_SIZE_BYTES, isEncrypted: cipher !== undefined };
    this.#cutter = new FrameCutter({ frameBytes: frameBytesOf(layout) });
    this.#inserter = new ChunkInserter({ bucket, blobId, cipher, fencingToken: 0 });
  }

  /** Takes bytes; resolves when there is room for more, so that the sender is slowed down to the store's pace. */
  async append(bytes: Buffer): Promise<void> {
    this.#digest.update(bytes);
    this.#sizeBytes += bytes.length;
    for (const frame of this.#cutter.push(bytes)) await this.#inserter.insert(frame);
  }

  /** Writes what is left; resolves when every chunk is acknowledged. The blob is not committed by that. */
  async finish(): Promise<WrittenBlob> {
    await this.#inserter.insert(this.#cutter.finish());
    await this.#inserter.flush();
    return { sizeBytes: this.#sizeBytes, ...this.#digest.finish() };
  }

  /** Waits until no insert is under way any more, whether or not it succeeded: only then may chunks be removed for good. */
  quiesce(): Promise<void> {
    return this.#inserter.quiesce();
  }
}

interface InserterOptions {
  readonly bucket: Pick<Bucket, "chunks" | "insertChunks">;
  readonly blobId: ObjectId;
  /** `undefined` for an unencrypted blob. */
  readonly cipher: FrameCipher | undefined;
  /** Of a resumable upload, 1 to 2^31 − 1; 0 for an upload that has one writer only. */
  readonly fencingToken: number;
}

/**
 * Stores frames as the chunks of one blob under the unique index `{files_id, n}`: several per insert, with at most about 3 MiB
 * in memory, of which what was acknowledged is used again. Inserts may overtake each other: the blob exists for nobody before its `blobs.files` document does.
 */
export class ChunkInserter {
  readonly #options: InserterOptions;
  readonly #running = new Set<Promise<void>>();
  /** Room for chunks that no insert uses any more. New room for each would keep the garbage collector busy. */
  readonly #spareRoom: Buffer[] = [];
  #batch: ChunkDoc[] = [];
  #batchRoom: Buffer[] = [];
  #failure: { readonly error: unknown } | undefined;

  constructor(options: InserterOptions) {
    this.#options = options;
  }

  /**
   * Takes a frame; resolves when there is room for more, so that the sender is slowed down to the store's pace. An empty
   * frame is kept only where it is encrypted: GridFS has no chunk for an empty file.
   *
   * @throws Whatever an earlier insert failed with.
   */
  async insert(frame: Frame): Promise<void> {
    const { blobId, cipher, fencingToken } = this.#options;
    if (cipher !== undefined || frame.sizeBytes > 0) {
      const data = this.#dataOf(frame);
      const fence = fencingToken > 0 && { fencingToken };
      this.#batch.push({ _id: new ObjectId(), files_id: blobId, n: frame.n, data, ...fence });
      const isFull = (this.#batch.length + 1) * data.length > BYTES_PER_INSERT;
      if (isFull) await this.#insertBatch();
    }
    this.#throwFailure();
  }

  /** Resolves when every chunk so far is acknowledged. @throws Whatever an insert failed with. */
  async flush(): Promise<void> {
    if (this.#batch.length > 0) await this.#insertBatch();
    await this.quiesce();
    this.#throwFailure();
  }

  /** Waits until no insert is under way any more, whether or not it succeeded: only then may chunks be removed for good. */
  async quiesce(): Promise<void> {
    await Promise.all(this.#running);
  }

  /** Removes what this writer, and no other, has stored from a frame on. Wait for {@link quiesce} first. */
  async discard(fromFrame: number): Promise<void> {
    const { bucket, blobId, fencingToken } = this.#options;
    await bucket.chunks.deleteMany({ files_id: blobId, n: { $gte: fromFrame }, fencingToken });
  }

  #dataOf(frame: Frame): Buffer {
    const { cipher, fencingToken } = this.#options;
    const [first] = frame.pieces;
    if (cipher === undefined && frame.pieces.length === 1 && first) return first;
    // The last frame is the only one that may be shorter, and what is spare was used by a whole one.
    const room = this.#spareRoom.pop() ?? Buffer.allocUnsafe(frame.sizeBytes + SEAL_BYTES);
    this.#batchRoom.push(room);
    return cipher === undefined ? join(frame, room) : cipher.encrypt(frame, fencingToken, room);
  }

  async #insertBatch(): Promise<void> {
    const room = this.#batchRoom;
    const insert = this.#store(this.#batch).then(
      () => {
        this.#spareRoom.push(...room);
      },
      (error: unknown) => {
        this.#failure ??= { error };
      },
    );
    this.#batch = [];
    this.#batchRoom = [];
    this.#running.add(insert);
    void insert.then(() => this.#running.delete(insert));
    while (this.#running.size >= INSERTS_AT_ONCE) await Promise.race(this.#running);
  }

  async #store(batch: readonly ChunkDoc[]): Promise<void> {
    try {
      await this.#options.bucket.insertChunks(batch);
    } catch (error) {
      const isTaken = this.#options.fencingToken > 0 && isDuplicateKey(error);
      if (!isTaken && !isOutcomeUnknown(error)) throw error;
      for (const chunk of batch) await this.#storeAgain(chunk);
    }
  }

  /**
   * Stores a chunk that may exist already: our own command got no answer, or an earlier request of the same upload stored it. A higher
   * fencing token overwrites a lower one, never the reverse: then the unique index refuses this chunk.
   *
   * @throws StaleWriterError
   */
  async #storeAgain(chunk: ChunkDoc): Promise<void> {
    const { bucket, fencingToken } = this.#options;
    const { _id, files_id, n, ...content } = chunk;
    if (fencingToken === 0) {
      await upserting(() =>
        bucket.chunks.updateOne({ _id, files_id, n }, { $set: content }, { upsert: true }),
      );
      return;
    }
    await unlessOvertaken(
      () =>
        bucket.chunks.updateOne(
          { files_id, n, fencingToken: { $lte: fencingToken } },
          { $set: content, $setOnInsert: { _id } },
          { upsert: true },
        ),
      async () => {
        const stored = await bucket.chunks.findOne(
          { files_id, n },
          { projection: { fencingToken: 1 } },
        );
        return (stored?.fencingToken ?? 0) > fencingToken;
      },
    );
  }

  #throwFailure(): void {
    if (this.#failure) throw this.#failure.error;
  }
}

function join({ pieces, sizeBytes }: Frame, room: Buffer): Buffer {
  let at = 0;
  for (const piece of pieces) at += piece.copy(room, at);
  return room.subarray(0, sizeBytes);
}

/** A later writer of the same upload has begun: what this one stores does not count any more. */
export class StaleWriterError extends Error {}

/**
 * Repeats an upsert that gives way to what a later writer has stored. A unique key that is taken may also mean that an earlier
 * writer stored something between the query and the insert: then the next try replaces it.
 *
 * @param isOvertaken - Whether what stands there now is a later writer's.
 * @throws {@link StaleWriterError}
 */
export async function unlessOvertaken(
  upsert: () => Promise<unknown>,
  isOvertaken: () => Promise<boolean>,
): Promise<void> {
  for (;;) {
    try {
      await upsert();
      return;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
    }
    if (await isOvertaken()) throw new StaleWriterError();
  }
}
