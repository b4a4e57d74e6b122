import { ObjectId } from "mongodb";
import { isDuplicateKey } from "../platform/mongo.js";
import type { Bucket, ChunkDoc } from "./bucket.js";
import type { FrameCipher } from "./frame-cipher.js";
import type { Frame } from "./frame-cutter.js";

const CHUNKS_PER_INSERT = 4;
const INSERTS_AT_ONCE = 2;

/** A later writer of the same upload has begun: what this one stores does not count any more. */
export class StaleWriterError extends Error {}

interface Options {
  readonly bucket: Pick<Bucket, "chunks">;
  readonly blobId: ObjectId;
  /** `undefined` for a blob that is stored as it came. */
  readonly cipher: FrameCipher | undefined;
  /** The fencing token of a resumable upload's writer, 1 to 2^31 − 1; 0 for an upload that has one writer only. */
  readonly writer: number;
}

/**
 * Stores frames as the chunks of one blob under the unique index `{files_id, n}`: several per insert, with at most about 3 MiB
 * in memory. Inserts may overtake each other: the blob exists for nobody before its `blobs.files` document does.
 */
export class ChunkInserter {
  readonly #options: Options;
  readonly #running = new Set<Promise<void>>();
  #batch: ChunkDoc[] = [];
  #failure: { readonly error: unknown } | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  /**
   * Takes a frame; resolves when there is room for more, so that whoever sends is slowed down to the store's pace. An empty
   * frame is kept only where there is a seal to keep: GridFS has no chunk for an empty file.
   *
   * @throws Whatever an earlier insert failed with.
   */
  async insert(frame: Frame): Promise<void> {
    const { blobId, cipher, writer } = this.#options;
    if (cipher !== undefined || frame.sizeBytes > 0) {
      this.#batch.push({
        _id: new ObjectId(),
        files_id: blobId,
        n: frame.n,
        data: cipher === undefined ? joined(frame) : cipher.seal(frame, writer),
        ...(writer > 0 && { writer }),
      });
    }
    if (this.#batch.length === CHUNKS_PER_INSERT) await this.#insertBatch();
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
    const { bucket, blobId, writer } = this.#options;
    await bucket.chunks.deleteMany({ files_id: blobId, n: { $gte: fromFrame }, writer });
  }

  async #insertBatch(): Promise<void> {
    const insert = this.#store(this.#batch).then(
      () => undefined,
      (error: unknown) => {
        this.#failure ??= { error };
      },
    );
    this.#batch = [];
    this.#running.add(insert);
    void insert.then(() => this.#running.delete(insert));
    if (this.#running.size >= INSERTS_AT_ONCE) await Promise.race(this.#running);
  }

  async #store(batch: ChunkDoc[]): Promise<void> {
    try {
      await this.#options.bucket.chunks.insertMany(batch);
    } catch (error) {
      if (this.#options.writer === 0 || !isDuplicateKey(error)) throw error;
      for (const chunk of batch) await this.#replaceEarlier(chunk);
    }
  }

  /**
   * An earlier writer of the same upload was cut off after it had stored this chunk and before it could say so; it may even
   * store it now. Its chunk gives way. That of a later writer does not: then the index refuses this one.
   *
   * @throws {@link StaleWriterError}
   */
  async #replaceEarlier(chunk: ChunkDoc): Promise<void> {
    const { bucket, writer } = this.#options;
    const { _id, files_id, n, ...content } = chunk;
    try {
      await bucket.chunks.updateOne(
        { files_id, n, $or: [{ writer: { $lt: writer } }, { _id }] },
        { $set: content, $setOnInsert: { _id } },
        { upsert: true },
      );
    } catch (error) {
      throw isDuplicateKey(error) ? new StaleWriterError() : error;
    }
  }

  #throwFailure(): void {
    if (this.#failure) throw this.#failure.error;
  }
}

function joined({ pieces, sizeBytes }: Frame): Buffer {
  const [first] = pieces;
  return pieces.length === 1 && first ? first : Buffer.concat(pieces, sizeBytes);
}
