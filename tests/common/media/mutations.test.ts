import { afterAll, describe, expect, test } from "@jest/globals";
import { MediaDecoder } from "../../../common/media/decoder.js";
import { MediaDeathError } from "../../../common/media/deaths.js";
import { createLogger } from "../../../common/platform/log.js";
import { isLong } from "../../support/long.js";
import { heicOf } from "../../support/made-images.js";
import { movieOf, wavOf } from "../../support/made-recordings.js";
import { photo, picture } from "../../support/pictures.js";
import { SeededRandom } from "../../support/random.js";

const FORMATS = ["jpeg", "png", "gif", "webp", "avif", "tiff"] as const;
const MUTATIONS = isLong ? 2000 : 200;

const settings = {
  ...{ mediaMaxMemoryMib: 512, mediaMaxMegapixels: 50, mediaTimeLimitMs: 60_000 },
  ffmpegPath: "ffmpeg",
};
const log = createLogger({ level: "silent", part: "test" });
const decoder = new MediaDecoder({ settings, log });
const random = new SeededRandom(23);

afterAll(() => decoder.close());

/** Some bytes are changed, removed or doubled. */
function mutated(image: Buffer): Buffer {
  const bytes = Buffer.from(image);
  for (let n = random.below(8); n >= 0; n -= 1) {
    bytes[random.below(bytes.length)] = random.below(256);
  }
  const at = random.below(bytes.length);
  const cut = bytes.subarray(0, at);
  return random.pick([bytes, bytes, cut, Buffer.concat([cut, bytes])]);
}

const HEIC = heicOf({ width: 40, height: 30, turns: 0 });

/** One content of each kind that is described. */
async function describable() {
  const photos = ["jpeg", "webp"] as const;
  const images = photos.map(async (format) => ({
    type: `image/${format}`,
    content: await photo(format),
  }));
  const movie = movieOf({ durationMs: 1000, width: 320, height: 240 });
  return [
    ...(await Promise.all(images)),
    { type: "image/heic", content: HEIC },
    { type: "audio/wav", content: wavOf(1, "A title") },
    { type: "video/mp4", content: movie },
    { type: "application/pdf", content: PDF },
  ];
}

const PDF = Buffer.from(
  "%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1/Kids[4 0 R]>>endobj\n" +
    "4 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n3 0 obj<</Title(A title)>>endobj\n" +
    "trailer<</Root 1 0 R/Info 3 0 R>>\n%%EOF\n",
);

describe("The media process", () => {
  test(
    "says of each mutated image what became of it",
    async () => {
      const images = await Promise.all(
        FORMATS.map(async (format) => ({
          type: `image/${format}`,
          image: await picture({ width: 120, height: 80, format }),
        })),
      );
      const outcomes = new Set<string>();

      for (let n = 0; n < MUTATIONS; n += 1) {
        const { type, image } = random.pick(images);
        const read = () => Promise.resolve(mutated(image));
        const ended = decoder.run("preview", { type, read }, new AbortController().signal);
        outcomes.add(await ended.then(({ outcome }) => outcome, deathOf));
      }

      expect(["done", "invalid"].every((outcome) => outcomes.has(outcome))).toBe(true);
      const whole = {
        type: "image/png",
        read: () => picture({ width: 9, height: 9, format: "png" }),
      };
      const next = await decoder.run("preview", whole, new AbortController().signal);
      expect(next.outcome).toBe("done");
    },
    30 * 60_000,
  );

  test(
    "says of each mutated content that it describes what became of it",
    async () => {
      const contents = await describable();
      const outcomes = new Set<string>();

      for (let n = 0; n < MUTATIONS; n += 1) {
        const { type, content } = random.pick(contents);
        const read = () => Promise.resolve(mutated(content));
        const ended = decoder.run("describe", { type, read }, new AbortController().signal);
        outcomes.add(await ended.then(({ outcome }) => outcome, deathOf));
      }

      expect(["done", "invalid"].every((outcome) => outcomes.has(outcome))).toBe(true);
      expect([...outcomes].filter((outcome) => outcome.startsWith("too-"))).toEqual([]);
      const next = { type: "image/heic", read: () => Promise.resolve(HEIC) };
      const whole = await decoder.run("describe", next, new AbortController().signal);
      expect(whole).toEqual({ outcome: "done", answer: { width: 40, height: 30 } });
    },
    30 * 60_000,
  );
});

function deathOf(error: unknown): string {
  if (error instanceof MediaDeathError) return error.death;
  throw error;
}
