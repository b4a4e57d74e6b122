import { createHash } from "node:crypto";
import { ObjectId } from "mongodb";

/** The lengths of the longer side of previews, in pixels. */
export const PREVIEW_SIZES = [64, 256, 1024] as const;

export type PreviewSize = (typeof PREVIEW_SIZES)[number];

/** The formats of previews. */
export const PREVIEW_FORMATS = ["webp", "avif"] as const;

export type PreviewFormat = (typeof PREVIEW_FORMATS)[number];

/** Raise it when previews are made in another way: then all are made again. */
export const PREVIEW_VERSION = 1;

/** Which preview of a blob. */
export interface PreviewKey {
  readonly blobId: ObjectId;
  readonly size: PreviewSize;
  readonly format: PreviewFormat;
}

/** A picture that stands for a content: upright, in sRGB, without metadata, never larger than the content. */
export interface PreviewImage extends Omit<PreviewKey, "blobId"> {
  readonly width: number;
  readonly height: number;
  readonly bytes: Uint8Array;
}

/** What a preview is called in the bucket. */
export const previewName = ({ blobId, size, format }: PreviewKey): string =>
  `${blobId.toHexString()}-${size}-${format}-${PREVIEW_VERSION}`;

/** The id of a preview. It follows from its key: so whoever makes a preview again replaces it. */
export function previewId(key: PreviewKey): ObjectId {
  return new ObjectId(createHash("sha256").update(previewName(key)).digest().subarray(0, 12));
}
