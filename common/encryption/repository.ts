import type { Collection, Db, Filter, Long, ObjectId } from "mongodb";
import { type BlobFileDoc, openBucket } from "../storage/bucket.js";
import type { WrappedKey } from "../storage/keyring.js";
import type { UploadDoc } from "../uploads/upload.js";

const BATCH = 500;

/** A data key, and where it is kept. */
export interface KeptKey {
  readonly in: "blob" | "upload";
  readonly id: string;
  readonly blobId: ObjectId;
  readonly wrapped: WrappedKey;
}

/** What is stored under one master key; `keyId` is `null` for unencrypted blobs. */
export interface KeyUse {
  readonly keyId: string | null;
  readonly blobs: number;
  readonly storedBytes: number;
}

/** An unencrypted blob. */
export interface PlainBlob {
  readonly blobId: ObjectId;
  readonly sizeBytes: number;
}

/** Which master keys are in use: by committed blobs, and by uploads on their way in. */
export class EncryptionRepository {
  readonly #files: Collection<BlobFileDoc>;
  readonly #uploads: Collection<UploadDoc>;

  constructor(db: Db) {
    this.#files = openBucket(db).files;
    this.#uploads = db.collection("uploads");
  }

  /** From one key id to the next by the index on it, so that it costs nothing however much is stored. */
  async listKeyIds(): Promise<string[]> {
    const ids = new Set<string>();
    for (let last = ""; ;) {
      const next = await this.#files.findOne(
        { "metadata.encryption.keyId": { $gt: last } },
        {
          sort: { "metadata.encryption.keyId": 1 },
          projection: { "metadata.encryption.keyId": 1 },
        },
      );
      const keyId = next?.metadata?.encryption?.keyId;
      if (keyId === undefined) break;
      ids.add(keyId);
      last = keyId;
    }
    for (const { encryption } of await this.#listUploads({ "encryption.keyId": { $gt: "" } })) {
      if (encryption !== null) ids.add(encryption.keyId);
    }
    return [...ids].sort();
  }

  /** Some data keys of blobs that one master key wraps, in the order of their ids. */
  async listBlobKeys(keyId: string, after: ObjectId | null): Promise<KeptKey[]> {
    const found = await this.#files
      .find(
        { "metadata.encryption.keyId": keyId, ...(after !== null && { _id: { $gt: after } }) },
        { sort: { _id: 1 }, limit: BATCH, projection: { "metadata.encryption": 1 } },
      )
      .toArray();
    return found.flatMap(({ _id, metadata }) => {
      const wrapped = metadata?.encryption ?? null;
      return wrapped === null
        ? []
        : [{ in: "blob" as const, id: _id.toHexString(), blobId: _id, wrapped }];
    });
  }

  /** The data keys of all uploads on their way in that one master key wraps. */
  async listUploadKeys(keyId: string): Promise<KeptKey[]> {
    const found = await this.#listUploads({ "encryption.keyId": keyId });
    return found.flatMap(({ _id, blobId, encryption: wrapped }) =>
      wrapped === null ? [] : [{ in: "upload" as const, id: _id, blobId, wrapped }],
    );
  }

  /** Compare-and-set: resolves to `false` when the key was changed or removed since it was read. */
  async replaceKey(kept: KeptKey, wrapped: WrappedKey): Promise<boolean> {
    const { wrappedKey } = kept.wrapped;
    const { matchedCount } =
      kept.in === "blob"
        ? await this.#files.updateOne(
            { _id: kept.blobId, "metadata.encryption.wrappedKey": wrappedKey },
            { $set: { "metadata.encryption": wrapped } },
          )
        : await this.#uploads.updateOne(
            { _id: kept.id, "encryption.wrappedKey": wrappedKey },
            { $set: { encryption: wrapped } },
          );
    return matchedCount === 1;
  }

  /** What is stored under each master key: reads every `blobs.files` document. */
  async listUse(): Promise<KeyUse[]> {
    const groups = await this.#files
      .aggregate<{ _id: string | null; blobs: number; bytes: number | Long }>([
        {
          $group: {
            _id: "$metadata.encryption.keyId",
            blobs: { $sum: 1 },
            bytes: { $sum: "$length" },
          },
        },
      ])
      .toArray();
    return groups
      .map(({ _id, blobs, bytes }) => ({ keyId: _id, blobs, storedBytes: Number(bytes) }))
      .sort((a, b) => (a.keyId ?? "\uffff").localeCompare(b.keyId ?? "\uffff"));
  }

  /** How many blobs a master key other than a given one wraps the keys of. */
  countOtherKeys(keyId: string): Promise<number> {
    return this.#files.countDocuments({ "metadata.encryption.keyId": { $gt: "", $ne: keyId } });
  }

  countUploads(): Promise<number> {
    return this.#uploads.countDocuments();
  }

  /** Some blobs that are stored as they came, in the order of their ids. */
  async listPlain(after: ObjectId | null): Promise<PlainBlob[]> {
    const found = await this.#files
      .find(
        { "metadata.encryption.keyId": null, ...(after !== null && { _id: { $gt: after } }) },
        { sort: { _id: 1 }, limit: BATCH, projection: { length: 1 } },
      )
      .toArray();
    return found.map(({ _id, length }) => ({ blobId: _id, sizeBytes: Number(length) }));
  }

  async exists(blobId: ObjectId): Promise<boolean> {
    return (await this.#files.findOne({ _id: blobId }, { projection: { _id: 1 } })) !== null;
  }

  #listUploads(filter: Filter<UploadDoc>): Promise<UploadDoc[]> {
    return this.#uploads.find(filter).toArray();
  }
}
