import sharp, { type Raw } from "sharp";
import { IMAGE_TYPES } from "./image-loaders.js";
import { coverOf } from "./cover.js";
import { imageFault, openImage } from "./images.js";
import { NoPdfError, pdfPage } from "./pdf-page.js";
import { NoFontsError, textPage } from "./text-page.js";
import type { MediaOutcome, MediaTask } from "./task.js";
import {
  PREVIEW_FORMATS,
  PREVIEW_SIZES,
  type PreviewFormat,
  type PreviewImage,
  type PreviewSize,
} from "../storage/preview.js";

const LARGEST = Math.max(...PREVIEW_SIZES);

/** Either takes some 40 ms of processor time for the largest preview. More effort makes AVIF 3 % smaller, and takes three to fifty times as long. */
const ENCODERS = {
  webp: { quality: 80, effort: 2 },
  avif: { quality: 50, effort: 0 },
} as const;

/** Makes all previews of a content. */
export async function previewOf(task: MediaTask): Promise<MediaOutcome<"preview">> {
  try {
    const image = await pictureOf(task);
    if (!(image instanceof Uint8Array)) return image;
    return { outcome: "done", answer: await previewsOfImage(image, task.maxPixels) };
  } catch (error) {
    if (error instanceof NoFontsError) return { outcome: "unsupported", reason: "no fonts" };
    if (error instanceof NoPdfError) {
      return { outcome: "unsupported", reason: "pdfjs-dist is not installed" };
    }
    const outcome = imageFault(error);
    return outcome === "invalid" ? { outcome, reason: "the content is damaged" } : { outcome };
  }
}

/** The picture that stands for a content. */
async function pictureOf(
  task: MediaTask,
): Promise<Uint8Array | Exclude<MediaOutcome, { outcome: "done" }>> {
  const { bytes, type, maxPixels } = task;
  if (IMAGE_TYPES.includes(type)) return bytes;
  if (type === "application/pdf") return pdfPage(bytes, maxPixels);
  if (type.startsWith("audio/")) {
    return (await coverOf(bytes, type)) ?? { outcome: "unsupported", reason: "no cover" };
  }
  if (type !== "text/plain") return { outcome: "unsupported" };
  return (await textPage(bytes)) ?? { outcome: "unsupported" };
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
