import { afterAll, describe, expect, test } from "@jest/globals";
import { MediaDecoder } from "../../../common/media/decoder.js";
import { createLogger } from "../../../common/platform/log.js";
import { movieOf, wavOf } from "../../support/made-recordings.js";
import { heicOf } from "../../support/made-images.js";
import { gifOf, photo, picture, pngBomb, tiffPhoto } from "../../support/pictures.js";

const decoder = new MediaDecoder({
  settings: {
    ...{ mediaMaxMemoryMib: 512, mediaMaxMegapixels: 50, mediaTimeLimitMs: 60_000 },
    ffmpegPath: "ffmpeg",
  },
  log: createLogger({ level: "silent", part: "test" }),
});
const never = new AbortController().signal;

const detailsIn = (type: string, bytes: Buffer) =>
  decoder.run("describe", { type, read: () => Promise.resolve(bytes) }, never);

/** A PDF of pages, with a title. */
function pdfOf(pages: number, title: string): Buffer {
  const kids = Array.from({ length: pages }, (_, n) => `${n + 10} 0 R`).join(" ");
  const objects = Array.from(
    { length: pages },
    (_, n) => `${n + 10} 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj`,
  );
  return Buffer.from(
    `%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count ${pages}/Kids[${kids}]>>endobj\n${objects.join("\n")}\n3 0 obj<</Title(${title})>>endobj\ntrailer<</Root 1 0 R/Info 3 0 R>>\n%%EOF\n`,
  );
}

afterAll(() => decoder.close());

describe("The media process finds", () => {
  test.each(["jpeg", "webp"] as const)(
    "how large %s is when it is turned, when it was taken and with what, but not where",
    async (format) => {
      expect(await detailsIn(`image/${format}`, await photo(format))).toEqual({
        outcome: "done",
        answer: {
          ...{ width: 30, height: 40, orientation: 6 },
          ...{ takenAt: "2025-12-24T18:05:06+01:00", camera: "NIKON D750" },
        },
      });
    },
  );

  test("when a TIFF was taken and with what, from its own tags", async () => {
    expect(await detailsIn("image/tiff", tiffPhoto())).toEqual({
      outcome: "done",
      answer: {
        ...{ width: 1, height: 1, orientation: 1 },
        ...{ takenAt: "2025-12-24T18:05:06+01:00", camera: "NIKON D750" },
      },
    });
  });

  test("how large HEIC is, upright, without decoding it", async () => {
    // AVIF has the same boxes.
    const lying = await picture({ width: 64, height: 32, format: "avif" });

    expect(await detailsIn("image/heic", lying)).toEqual({
      outcome: "done",
      answer: { width: 64, height: 32 },
    });
    expect(await detailsIn("image/heif", heicOf({ width: 4032, height: 3024, turns: 3 }))).toEqual({
      outcome: "done",
      answer: { width: 3024, height: 4032 },
    });
    expect(await detailsIn("image/heic", lying.subarray(0, 40))).toEqual({
      outcome: "done",
      answer: {},
    });
  });

  test("how large an image is, also where it would not be decoded", async () => {
    const animated = gifOf({ frames: 5, side: 7 });
    const cut = (await picture({ width: 3000, height: 2000, format: "jpeg" })).subarray(0, 20_000);

    expect(await detailsIn("image/gif", animated)).toMatchObject({
      answer: { width: 7, height: 7 },
    });
    expect(await detailsIn("image/png", pngBomb(30_000))).toMatchObject({
      answer: { width: 30_000, height: 30_000 },
    });
    expect(await detailsIn("image/jpeg", cut)).toMatchObject({
      answer: { width: 3000, height: 2000 },
    });
  });

  test("how long audio is, and what it is called", async () => {
    expect(await detailsIn("audio/wav", wavOf(3, "A song"))).toEqual({
      outcome: "done",
      answer: { durationMs: 3000, bitRate: 64_000, title: "A song" },
    });
  });

  test("how long and how large a video is", async () => {
    const movie = movieOf({ durationMs: 61_500, width: 1920, height: 1080 });

    expect(await detailsIn("video/mp4", movie)).toEqual({
      outcome: "done",
      answer: { durationMs: 61_500, width: 1920, height: 1080 },
    });
  });

  test("how many pages a PDF has, and its title", async () => {
    expect(await detailsIn("application/pdf", pdfOf(3, "Annual report"))).toEqual({
      outcome: "done",
      answer: { pageCount: 3, title: "Annual report" },
    });
  });

  test("nothing in what is damaged, or of another type", async () => {
    const damaged = { outcome: "invalid", reason: "the content is damaged" };

    expect(await detailsIn("image/png", Buffer.from("no picture"))).toEqual(damaged);
    expect(await detailsIn("application/pdf", Buffer.from("%PDF-1.7\n"))).toEqual(damaged);
    expect(await detailsIn("image/svg+xml", Buffer.from("<svg/>"))).toEqual({
      outcome: "unsupported",
    });
  });
});
