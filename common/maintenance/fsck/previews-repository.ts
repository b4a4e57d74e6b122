import { Binary, type Db, ObjectId } from "mongodb";
import { openBucket } from "../../storage/bucket.js";
import {
  openPreviewBucket,
  type PreviewBucket,
  type PreviewFileDoc,
} from "../../storage/preview-bucket.js";

/** A preview, and what belongs to it. */
export interface FoundPreview {
  readonly blobId: string;
  readonly hasBlob: boolean;
  /** What its document says, in bytes. */
  readonly sizeBytes: number;
  /** How many bytes its chunk has; `undefined` without a chunk. */
  readonly storedBytes: number | undefined;
}

/** Reads previews in the order of their ids. */
export class FsckPreviewsRepository {
  readonly #previews: PreviewBucket;
  readonly #blobs: ReturnType<typeof openBucket>["files"];

  constructor(db: Db) {
    this.#previews = openPreviewBucket(db);
    this.#blobs = openBucket(db).files;
  }

  /** From counters that MongoDB keeps. */
  count(): Promise<number> {
    return this.#previews.files.estimatedDocumentCount();
  }

  /** The ids behind another one, in hexadecimal. */
  async idsAfter(after: string | null, limit: number): Promise<string[]> {
    const found = await this.#previews.files
      .find(after === null ? {} : { _id: { $gt: new ObjectId(after) } }, {
        sort: { _id: 1 },
        projection: { _id: 1 },
        limit,
        batchSize: limit,
      })
      .toArray();
    return found.map(({ _id }) => _id.toHexString());
  }

  async find(id: string): Promise<FoundPreview | undefined> {
    const file = await this.#previews.files.findOne({ _id: new ObjectId(id) });
    if (file === null) return undefined;
    const { blobId } = file.metadata;
    const blob = await this.#blobs.findOne({ _id: blobId }, { projection: { _id: 1 } });
    return {
      blobId: blobId.toHexString(),
      hasBlob: blob !== null,
      sizeBytes: Number(file.length),
      storedBytes: await this.#storedBytes(file),
    };
  }

  /** Removes a preview: its chunk first, as all do. */
  async remove(id: string): Promise<void> {
    const _id = new ObjectId(id);
    await this.#previews.chunks.deleteMany({ files_id: _id });
    await this.#previews.files.deleteOne({ _id });
  }

  async #storedBytes({ _id }: PreviewFileDoc): Promise<number | undefined> {
    const chunk = await this.#previews.chunks.findOne(
      { files_id: _id, n: 0 },
      { promoteBuffers: true },
    );
    if (chunk === null) return undefined;
    return chunk.data instanceof Binary ? chunk.data.length() : chunk.data.length;
  }
}
