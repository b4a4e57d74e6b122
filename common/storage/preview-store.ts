import { Binary, type Collection, Long, ObjectId } from "mongodb";
import { upserting } from "../platform/mongo.js";
import type { Bucket } from "./bucket.js";
import type { Keyring } from "./keyring.js";
import { type PreviewImage, type PreviewKey, previewId, previewName } from "./preview.js";
import {
  PREVIEW_CHUNK_BYTES,
  type PreviewBucket,
  type PreviewFileDoc,
  removePreviews,
} from "./preview-bucket.js";
import { PreviewCipher } from "./preview-cipher.js";

/** Of some 50 bytes each. */
const BLOBS_PER_QUERY = 1000;

/** A document of `sweeps`: how far a walk through a collection has come. */
interface SweepDoc {
  _id: string;
  after: ObjectId | null;
}

interface Deps {
  readonly sweeps: Collection<SweepDoc>;
  readonly previews: PreviewBucket;
  readonly bucket: Pick<Bucket, "files">;
  readonly keyring: Keyring;
  readonly now: () => Date;
}

/** The previews of blobs. Versions that share a blob share its previews. Each write may be repeated, also by two processes at once. */
export class PreviewStore {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Stores all previews of a blob, instead of those that it has. Does nothing when the blob is gone.
   *
   * @throws EncryptionKeyError
   */
  async replace(blobId: ObjectId, images: readonly PreviewImage[]): Promise<void> {
    const { previews } = this.#deps;
    const cipher = await this.#cipherOf(blobId);
    if (cipher === "gone") return;
    const stored = images.map((image) => {
      const key = { ...image, blobId };
      const data = cipher?.encrypt(image.bytes, key) ?? Buffer.from(image.bytes);
      return { _id: previewId(key), file: this.#describe(key, image, data.length), data };
    });
    // A chunk without its document would be found by nobody.
    await upserting(() =>
      previews.files.bulkWrite(
        stored.map(({ _id, file }) => ({
          updateOne: { filter: { _id }, update: { $set: file }, upsert: true },
        })),
      ),
    );
    await upserting(() =>
      previews.chunks.bulkWrite(
        stored.map(({ _id, data }) => ({
          updateOne: {
            filter: { files_id: _id, n: 0 },
            update: { $set: { data }, $setOnInsert: { _id: new ObjectId() } },
            upsert: true,
          },
        })),
      ),
    );
    await removePreviews(
      previews,
      [blobId],
      stored.map(({ _id }) => _id),
    );
  }

  /**
   * Resolves to `undefined` where there is no such preview, or none that can be decrypted.
   *
   * @throws EncryptionKeyError
   */
  async read(key: PreviewKey): Promise<Buffer | undefined> {
    const chunk = await this.#deps.previews.chunks.findOne(
      { files_id: previewId(key), n: 0 },
      { promoteBuffers: true },
    );
    if (chunk === null) return undefined;
    const { data } = chunk;
    const bytes = data instanceof Binary ? Buffer.from(data.value()) : data;
    const cipher = await this.#cipherOf(key.blobId);
    if (cipher === "gone") return undefined;
    return cipher === undefined ? bytes : cipher.decrypt(bytes, key);
  }

  /**
   * Removes previews whose blobs are gone: a preview may have been stored just after its blob was removed. Each call looks at some, from where the
   * last one stopped.
   *
   * @returns How many were removed.
   */
  async sweep(): Promise<number> {
    const { previews, bucket, sweeps } = this.#deps;
    const after = (await sweeps.findOne({ _id: "previews" }))?.after ?? null;
    const seen = await previews.files
      .find(after === null ? {} : { "metadata.blobId": { $gt: after } }, {
        sort: { "metadata.blobId": 1 },
        limit: BLOBS_PER_QUERY,
        projection: { _id: 0, "metadata.blobId": 1 },
      })
      .toArray();
    const blobIds = seen.map(({ metadata }) => metadata.blobId);
    const there = await bucket.files
      .find({ _id: { $in: blobIds } }, { projection: { _id: 1 } })
      .toArray();
    const known = new Set(there.map(({ _id }) => _id.toHexString()));
    const gone = blobIds.filter((blobId) => !known.has(blobId.toHexString()));
    const removed = gone.length === 0 ? 0 : await removePreviews(previews, gone);
    const last = seen.length < BLOBS_PER_QUERY ? null : (blobIds.at(-1) ?? null);
    const kept = { $set: { after: last } };
    await upserting(() => sweeps.updateOne({ _id: "previews" }, kept, { upsert: true }));
    return removed;
  }

  #describe(
    key: PreviewKey,
    image: PreviewImage,
    storedBytes: number,
  ): Omit<PreviewFileDoc, "_id"> {
    const { width, height, format } = image;
    return {
      length: Long.fromNumber(storedBytes),
      chunkSize: PREVIEW_CHUNK_BYTES,
      uploadDate: this.#deps.now(),
      filename: previewName(key),
      metadata: { blobId: key.blobId, contentType: `image/${format}`, width, height },
    };
  }

  /** `undefined` for a blob that is not encrypted; "gone" also for one in quarantine. */
  async #cipherOf(blobId: ObjectId): Promise<PreviewCipher | undefined | "gone"> {
    const { bucket, keyring } = this.#deps;
    const projection = { "metadata.encryption": 1, "metadata.quarantine": 1 };
    const blob = await bucket.files.findOne({ _id: blobId }, { projection });
    if (blob === null || blob.metadata?.quarantine !== undefined) return "gone";
    const wrapped = blob.metadata?.encryption ?? null;
    return wrapped === null ? undefined : new PreviewCipher(keyring.unwrap(blobId, wrapped));
  }
}
