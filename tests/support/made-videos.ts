import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** One second of a picture whose upper half is red, and whose lower half is blue: 320 × 240 pixels. */
const SCENE =
  "color=red:s=320x120:r=25:d=1[upper];color=blue:s=320x120:r=25:d=1[lower];[upper][lower]vstack";

interface MadeVideo {
  /** How the name of the file ends, which says the format. */
  readonly ending: string;
  /** More of ffmpeg's options for what it writes. */
  readonly options?: readonly string[];
  /** What is in it, as a filter graph. Default: {@link SCENE}. */
  readonly scene?: string;
}

/** Makes a video with ffmpeg. Of MP4 and QuickTime, what describes it lies at the end, unless the options say otherwise. */
export function madeVideo({ ending, options = [], scene = SCENE }: MadeVideo): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "stowage-video-"));
  try {
    const file = join(folder, `video.${ending}`);
    const input = ["-f", "lavfi", "-i", scene];
    execFileSync("ffmpeg", ["-loglevel", "error", ...input, ...options, file]);
    return readFileSync(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Turns an MP4 by 90° clockwise: writes that into the matrix of its track (ISO/IEC 14496-12, §8.3.2). */
export function turned(movie: Buffer): Buffer {
  const copy = Buffer.from(movie);
  const matrix = copy.indexOf("tkhd") + 44;
  [0, 0x10000, 0, -0x10000, 0].forEach((value, n) => copy.writeInt32BE(value, matrix + 4 * n));
  return copy;
}
