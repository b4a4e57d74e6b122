import type { ObjectId } from "mongodb";
import type { BlobFileDoc } from "./bucket.js";
import { DamagedContentError } from "./errors.js";
import type { FrameCipher } from "./frame-cipher.js";
import { contentBytesOf, frameBytesOf } from "./frame-layout.js";

/** A committed blob, as its `blobs.files` document describes it. */
export interface StoredBlob {
  readonly blobId: ObjectId;
  /** The length of its content. */
  readonly sizeBytes: number;
  /** The length of its chunks, seals included. */
  readonly storedBytes: number;
  readonly chunkSizeBytes: number;
  /** How much content every frame but the last holds. */
  readonly frameBytes: number;
  /** `undefined` for a blob that is stored as it came. */
  readonly cipher: FrameCipher | undefined;
}

/** @throws {@link DamagedContentError} when no blob has such lengths. */
export function storedBlob(document: BlobFileDoc, cipher: FrameCipher | undefined): StoredBlob {
  const { _id: blobId, chunkSize: chunkSizeBytes, length } = document;
  const layout = { chunkSizeBytes, isEncrypted: cipher !== undefined };
  const storedBytes = Number(length);
  const sizeBytes = contentBytesOf(storedBytes, layout);
  if (sizeBytes === undefined) throw new DamagedContentError(blobId, "its length is impossible");
  return {
    blobId,
    sizeBytes,
    storedBytes,
    chunkSizeBytes,
    frameBytes: frameBytesOf(layout),
    cipher,
  };
}
