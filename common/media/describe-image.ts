import readExif, { type Exif } from "exif-reader";
import sharp from "sharp";
import { countOf, type Details, detailsOf, shortText } from "../inspection/details.js";
import type { MediaTask } from "./task.js";

/** Reads the header of an image, and its EXIF: no pixel is decoded. Where it was taken is not read. */
export async function describeImage({ bytes }: MediaTask): Promise<Details> {
  // Nothing is decoded: any number of pixels is harmless.
  const header = await sharp(bytes, { limitInputPixels: false, failOn: "none" }).metadata();
  const { autoOrient, orientation, pageHeight } = header;
  const isTurned = orientation !== undefined && orientation >= 5;
  const height = isTurned ? autoOrient.height : (pageHeight ?? autoOrient.height);
  return detailsOf({
    width: countOf(autoOrient.width),
    height: countOf(height),
    orientation: countOf(orientation, 8),
    // A TIFF has the tags of EXIF among its own (Exif 3.0, §4.6).
    ...exifDetails(header.format === "tiff" ? Buffer.from(bytes) : header.exif),
  });
}

function exifDetails(exif: Buffer | undefined): Pick<Details, "takenAt" | "camera"> {
  const { Photo, Image } = exif === undefined ? {} : tagsOf(exif);
  const offset = Photo?.OffsetTimeOriginal;
  const takenAt = timeText(Photo?.DateTimeOriginal ?? Photo?.DateTimeDigitized, offset);
  return detailsOf({ takenAt, camera: cameraText(Image?.Make, Image?.Model) });
}

/** Damaged tags say nothing. */
function tagsOf(exif: Buffer): Partial<Exif> {
  try {
    return readExif(exif);
  } catch {
    return {};
  }
}

/** exif-reader takes local time for UTC. */
function timeText(time: unknown, offset: unknown): string | undefined {
  if (!(time instanceof Date) || Number.isNaN(time.getTime())) return undefined;
  const local = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.exec(time.toISOString())?.[0];
  const isOffset = typeof offset === "string" && /^[+-](?:0\d|1[0-4]):[0-5]\d$/.test(offset);
  return local && local + (isOffset ? offset : "");
}

/** Many models have the name of their maker in theirs. */
function cameraText(make: unknown, model: unknown): string | undefined {
  const [maker = "", name = ""] = [shortText(make), shortText(model)];
  return shortText(name.toLowerCase().startsWith(maker.toLowerCase()) ? name : `${maker} ${name}`);
}
