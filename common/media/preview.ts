import sharp, { type Raw } from "sharp";
import { IMAGE_TYPES } from "./image-loaders.js";
import { imageFault, openImage } from "./images.js";
import type { MediaOutcome, MediaTask } from "./task.js";
import {
  PREVIEW_FORMATS,
  PREVIEW_SIZES,
  type PreviewFormat,
  type PreviewImage,
  type PreviewSize,
} from "../storage/preview.js";

const LARGEST = Math.max(...PREVIEW_SIZES);

/** Both cost some 10 ms for each megapixel. More effort makes the pictures a few percent smaller, and takes ten times as long. */
const ENCODERS = {
  webp: { quality: 80, effort: 2 },
  avif: { quality: 50, effort: 1 },
} as const;

/** Makes all previews of a content. */
export async function previewOf(task: MediaTask): Promise<MediaOutcome> {
  if (!IMAGE_TYPES.includes(task.type)) return { outcome: "unsupported" };
  try {
    return { outcome: "done", answer: await previewsOfImage(task.bytes, task.maxPixels) };
  } catch (error) {
    const outcome = imageFault(error);
    return outcome === "invalid" ? { outcome, reason: "the image is damaged" } : { outcome };
  }
}

interface Pixels {
  readonly data: Buffer;
  readonly raw: Raw;
}

/** The content is decoded once, to the largest preview. The smaller ones are made from that. */
async function previewsOfImage(bytes: Uint8Array, maxPixels: number): Promise<PreviewImage[]> {
  const { data, info } = await openImage(bytes, maxPixels)
    .autoOrient()
    .resize(within(LARGEST))
    .toColourspace("srgb")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const previews: PreviewImage[] = [];
  for (const size of PREVIEW_SIZES) {
    const pixels = await scaled({ data, raw: { width, height, channels } }, size);
    for (const format of PREVIEW_FORMATS) previews.push(await encoded(pixels, size, format));
  }
  return previews;
}

const within = (size: number) =>
  ({ width: size, height: size, fit: "inside", withoutEnlargement: true }) as const;

async function scaled({ data, raw }: Pixels, size: PreviewSize): Promise<Pixels> {
  if (Math.max(raw.width, raw.height) <= size) return { data, raw };
  const made = await sharp(data, { raw })
    .resize(within(size))
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = made.info;
  return { data: made.data, raw: { width, height, channels } };
}

async function encoded(
  { data, raw }: Pixels,
  size: PreviewSize,
  format: PreviewFormat,
): Promise<PreviewImage> {
  const { width, height } = raw;
  const bytes = await sharp(data, { raw }).toFormat(format, ENCODERS[format]).toBuffer();
  return { size, format, width, height, bytes };
}
