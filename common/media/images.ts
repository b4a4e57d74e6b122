import sharp, { type Sharp } from "sharp";
import { IMAGE_LOADERS } from "./image-loaders.js";

/**
 * Lets sharp decode the formats of {@link IMAGE_LOADERS} alone: SVG, which is active content, would be rendered without this. One thread, and
 * nothing is kept from one image to the next.
 */
export function limitImageDecoding(): void {
  sharp.cache(false);
  sharp.concurrency(1);
  sharp.block({ operation: ["VipsForeignLoad"] });
  sharp.unblock({ operation: [...new Set(Object.values(IMAGE_LOADERS))] });
}

/** An image of which nothing is decoded yet; the first frame of one that has several. @param maxPixels - More are refused. */
export const openImage = (bytes: Uint8Array, maxPixels: number): Sharp =>
  sharp(bytes, { limitInputPixels: maxPixels, failOn: "error", sequentialRead: true });

/** Why an image could not be decoded, by what sharp says of it. */
export function imageFault(error: unknown): "too-large" | "invalid" {
  return /exceeds pixel limit|too large/i.test(String(error)) ? "too-large" : "invalid";
}
