import { expect } from "@jest/globals";
import sharp from "sharp";
import { madeVideo, turned } from "../../support/made-videos.js";
import { needs } from "../../support/needs.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld({ previews: "on" });
const { describe, test } = needs("ffmpeg");

const MPEG4 = ["-c:v", "mpeg4"];

/** A file of somebody, when its pipeline is over. */
async function stored(content: Buffer) {
  const client = await world().member();
  const { id, links } = await client.store("a", content);
  await world().settle();
  const { json } = await client.get(links.metadata);
  const preview = await client.get(`/api/v1/files/${id}/preview?size=1024`);
  return { state: json.state, type: json.type, step: json.pipeline[2], preview };
}

/** Whether the red of the scene or its blue is at a point. */
async function colourOf(bytes: Buffer, left: number, top: number): Promise<string> {
  const pixel = sharp(bytes).extract({ left, top, width: 1, height: 1 }).removeAlpha();
  const [red = 0, , blue = 0] = await pixel.raw().toBuffer();
  return red > blue ? "red" : "blue";
}

describe("GET /files/{id}/preview of videos", () => {
  test.each([
    ["MP4 with its description at the end", "mp4", MPEG4],
    ["MP4 with its description first", "mp4", [...MPEG4, "-movflags", "+faststart"]],
    ["MP4 in fragments", "mp4", [...MPEG4, "-movflags", "frag_keyframe+empty_moov"]],
    ["QuickTime", "mov", MPEG4],
    ["WebM", "webm", ["-c:v", "libvpx"]],
    ["Matroska", "mkv", MPEG4],
    ["AVI", "avi", MPEG4],
  ])("shows a picture of %s", async (_name, ending, options) => {
    const { state, step, preview } = await stored(madeVideo({ ending, options }));

    expect({ state, step }).toMatchObject({ state: "ready", step: { outcome: "done" } });
    const { width, height } = await sharp(preview.bytes).metadata();
    expect([width, height]).toEqual([320, 240]);
    expect(await colourOf(preview.bytes, 160, 30)).toBe("red");
    expect(await colourOf(preview.bytes, 160, 210)).toBe("blue");
  });

  test("turns it as the video says", async () => {
    const { preview } = await stored(turned(madeVideo({ ending: "mp4", options: MPEG4 })));

    const { width, height } = await sharp(preview.bytes).metadata();
    expect([width, height]).toEqual([240, 320]);
    // What was above is at the right now.
    expect(await colourOf(preview.bytes, 210, 160)).toBe("red");
    expect(await colourOf(preview.bytes, 30, 160)).toBe("blue");
  });

  test("shows square pixels, and makes large pictures small", async () => {
    const scene = "color=red:s=2000x500:r=25:d=1,setsar=1/2";
    const { preview } = await stored(madeVideo({ ending: "mp4", options: MPEG4, scene }));

    const { width, height } = await sharp(preview.bytes).metadata();
    expect([width, height]).toEqual([1000, 500]);
  });

  test("says that there is no picture in a video that has none", async () => {
    const options = ["-movflags", "+faststart", "-c:a", "aac"];
    const sound = madeVideo({ ending: "mov", scene: "sine=duration=1", options });

    const { type, state, step, preview } = await stored(sound);

    expect({ type, state }).toEqual({ type: "video/quicktime", state: "ready" });
    expect(step).toMatchObject({ outcome: "skipped", reason: "no picture" });
    expect(preview.status).toBe(404);
  });

  test("says that a damaged video is damaged, and the file is ready", async () => {
    const whole = madeVideo({ ending: "mp4", options: MPEG4 });

    const { state, step } = await stored(whole.subarray(0, whole.length / 2));

    expect({ state, step }).toMatchObject({
      state: "ready",
      step: { outcome: "failed", reason: "the content is damaged" },
    });
  });
});
