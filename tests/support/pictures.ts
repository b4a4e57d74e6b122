import { crc32, deflateSync } from "node:zlib";
import sharp from "sharp";

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** As `sharp` calls it. */
  readonly format: "jpeg" | "png" | "gif" | "webp" | "avif" | "tiff";
  /** As EXIF has it. */
  readonly orientation?: number;
}

/** A picture whose upper half is red, and whose lower half is blue. With EXIF that says where it was taken. */
export async function picture({
  width,
  height,
  format,
  orientation = 1,
}: Picture): Promise<Buffer> {
  const half = { width, height: Math.floor(height / 2), channels: 3 as const };
  const red = await sharp({ create: { ...half, background: "red" } })
    .png()
    .toBuffer();
  return sharp({ create: { width, height, channels: 3, background: "blue" } })
    .composite([{ input: red, left: 0, top: 0 }])
    .withExif({ IFD0: { Make: "Camera of somebody" }, IFD3: { GPSLatitudeRef: "N" } })
    .withMetadata({ orientation })
    .toFormat(format)
    .toBuffer();
}

/** A photo as a camera makes it: turned, with the time, the camera and the place. */
export const photo = (format: "jpeg" | "webp"): Promise<Buffer> =>
  sharp({ create: { width: 40, height: 30, channels: 3, background: "blue" } })
    .withExif({
      IFD0: { Make: "Nikon", Model: "NIKON D750" },
      IFD2: { DateTimeOriginal: "2025:12:24 18:05:06", OffsetTimeOriginal: "+01:00" },
      IFD3: {
        GPSLatitudeRef: "N",
        GPSLatitude: "52/1 31/1 0/1",
        GPSLongitudeRef: "E",
        GPSLongitude: "13/1 24/1 0/1",
      },
    })
    .withMetadata({ orientation: 6 })
    .toFormat(format)
    .toBuffer();

/** The colour of a pixel, as `r,g,b`, each rounded to 0 or 255. */
export async function colourAt(image: Uint8Array, left: number, top: number): Promise<string> {
  const pixel = { left, top, width: 1, height: 1 };
  const bytes = await sharp(image).removeAlpha().extract(pixel).raw().toBuffer();
  return [...bytes].map((value) => (value > 127 ? 255 : 0)).join(",");
}

/** A PNG of one bit a pixel, all black, which is some thousand times as large in memory. */
export function pngBomb(side: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.writeUInt8(1, 8);
  const rows = deflateSync(Buffer.alloc(side * (1 + Math.ceil(side / 8))));
  const signature = Buffer.from("89504e470d0a1a0a", "hex");
  const chunks = [pngChunk("IHDR", header), pngChunk("IDAT", rows), pngChunk("IEND")];
  return Buffer.concat([signature, ...chunks]);
}

function pngChunk(name: string, data = Buffer.alloc(0)): Buffer {
  const named = Buffer.concat([Buffer.from(name), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, checksum]);
}

/** A GIF of some frames, each of so many pixels a side. It has the colours of their first pixels only. */
export function gifOf({
  frames,
  side,
}: {
  readonly frames: number;
  readonly side: number;
}): Buffer {
  const screen = Buffer.from("47494638396100000000800000ff0000000000", "hex");
  screen.writeUInt16LE(side, 6);
  screen.writeUInt16LE(side, 8);
  const frame = Buffer.from("2c0000000000000000000202440100", "hex");
  frame.writeUInt16LE(side, 5);
  frame.writeUInt16LE(side, 7);
  return Buffer.concat([screen, ...Array<Buffer>(frames).fill(frame), Buffer.from(";")]);
}

/** A TIFF of one grey pixel, with when it was taken and with what. Its tags lie behind each other, those of EXIF in a directory of their own. */
export function tiffPhoto(): Buffer {
  const texts = ["Nikon\0", "NIKON D750\0", "2025:12:24 18:05:06\0", "+01:00\0"];
  const [maker = "", model = "", time = "", offset = ""] = texts;
  const exifAt = 8 + directoryBytes(11);
  const dataAt = exifAt + directoryBytes(2);
  const at = (n: number) => dataAt + texts.slice(0, n).join("").length;
  const image = tiffDirectory([
    ...[numberTag(256, 1), numberTag(257, 1), numberTag(258, 8), numberTag(259, 1)],
    ...[numberTag(262, 1), textTag(271, maker, at(0)), textTag(272, model, at(1))],
    ...[numberTag(273, at(4)), numberTag(278, 1), numberTag(279, 1), numberTag(34665, exifAt)],
  ]);
  const exif = tiffDirectory([textTag(36867, time, at(2)), textTag(36881, offset, at(3))]);
  const head = Buffer.from("49492a0008000000", "hex");
  return Buffer.concat([head, image, exif, Buffer.from(texts.join("")), Buffer.from([128])]);
}

const directoryBytes = (tags: number) => 2 + 12 * tags + 4;
const numberTag = (tag: number, value: number) => tiffTag(tag, { type: 4, count: 1, value });
const textTag = (tag: number, text: string, at: number) =>
  tiffTag(tag, { type: 2, count: text.length, value: at });

function tiffTag(tag: number, field: { type: number; count: number; value: number }): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt16LE(tag, 0);
  bytes.writeUInt16LE(field.type, 2);
  bytes.writeUInt32LE(field.count, 4);
  bytes.writeUInt32LE(field.value, 8);
  return bytes;
}

function tiffDirectory(tags: readonly Buffer[]): Buffer {
  const count = Buffer.alloc(2);
  count.writeUInt16LE(tags.length);
  return Buffer.concat([count, ...tags, Buffer.alloc(4)]);
}
