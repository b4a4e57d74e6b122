import { movieStream } from "../inspection/movie-stream.js";
import type { ByteSource } from "../inspection/source.js";
import type { Ffmpeg, NoPicture } from "../media/ffmpeg.js";
import type { StepResult } from "./step.js";

/** There is no picture of a video. */
export class NoPictureError extends Error {
  readonly result: StepResult;

  constructor(why: NoPicture) {
    super(`There is no picture: ${why}`);
    this.name = new.target.name;
    this.result = RESULTS[why];
  }
}

const RESULTS: Readonly<Record<NoPicture, StepResult>> = {
  damaged: { outcome: "failed", reason: "the content is damaged", found: {} },
  "no picture": { outcome: "skipped", reason: "no picture", found: {} },
  "too large": { outcome: "skipped", reason: "too large", found: {} },
};

interface Video {
  readonly demuxer: string;
  readonly content: ByteSource;
  /** So much of its beginning is read at most, in bytes. */
  readonly maxBytes: number;
}

/** A picture that stands for a video, as PNG. The content is streamed. @throws NoPictureError, and what {@link Ffmpeg} throws. */
export async function videoPicture(
  ffmpeg: Ffmpeg,
  { demuxer, content, maxBytes }: Video,
  signal: AbortSignal,
): Promise<Buffer> {
  const bytes = demuxer === "mov" ? movieStream(content, maxBytes) : beginning(content, maxBytes);
  const picture = await ffmpeg.picture({ demuxer, bytes }, signal);
  if (typeof picture === "string") throw new NoPictureError(picture);
  return picture;
}

async function* beginning(content: ByteSource, maxBytes: number) {
  yield* content.read({ first: 0, last: Math.min(content.sizeBytes, maxBytes) - 1 });
}
