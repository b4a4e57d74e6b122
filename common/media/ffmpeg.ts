import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import type { Writable } from "node:stream";
import { MediaDeathError } from "./deaths.js";
import { findProgram } from "./find-program.js";
import { holdToLimits, type MediaLimits } from "./limits.js";

/** Larger than any picture that it is asked for. */
const MAX_PICTURE_BYTES = 16 * 1024 ** 2;
const MAX_MESSAGE_BYTES = 16 * 1024;

/** The longer side of the picture, in pixels. */
const LONGEST = 1024;

/** Upright, with square pixels, never enlarged; of the first 50 frames the one that stands for them best, which is seldom a black one. */
const FILTERS = [
  "scale=w='iw*min(1,sar)':h='ih/max(1,sar)'",
  `scale=w='min(${LONGEST},iw)':h='min(${LONGEST},ih)':force_original_aspect_ratio=decrease`,
  "setsar=1",
  "thumbnail=50",
].join(",");

/** A video whose picture is wanted. */
export interface Video {
  /** How ffmpeg calls its format. No other format is tried. */
  readonly demuxer: string;
  /** The content, from its beginning. No more than is needed is read. */
  readonly bytes: AsyncIterable<Buffer>;
}

/** Why there is no picture. */
export type NoPicture = "damaged" | "no picture" | "too large";

interface Options extends MediaLimits {
  /** A path, or a name that is searched for in `PATH`. */
  readonly program: string;
  readonly maxPixels: number;
}

/**
 * Decodes videos with ffmpeg: each in a process of its own, which has no environment, gets nothing but bytes through a pipe, and may open neither files nor
 * addresses, whatever the content names.
 */
export class Ffmpeg {
  readonly #options: Options;
  readonly #running = new Set<ChildProcessWithoutNullStreams>();
  #path: Promise<string | undefined> | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Whether this machine has it. It is searched for once. */
  async isInstalled(): Promise<boolean> {
    return (await this.#find()) !== undefined;
  }

  /**
   * Makes a picture of a video: a PNG whose longer side has at most 1,024 pixels. @returns The PNG, or why it cannot be made.
   *
   * @throws MediaDeathError when it takes too long or uses too much memory; whatever `signal` is aborted with, or `video.bytes` throws.
   */
  async picture(video: Video, signal: AbortSignal): Promise<Buffer | NoPicture> {
    const path = await this.#find();
    if (path === undefined) throw new Error("ffmpeg is not installed");
    signal.throwIfAborted();
    const child = spawn(path, argumentsFor(video.demuxer, this.#options), { env: {}, cwd: "/" });
    this.#running.add(child);
    let fault: Error | undefined;
    const end = (why: unknown) => {
      fault ??= why instanceof Error ? why : new Error(String(why));
      child.kill("SIGKILL");
    };
    const stop = holdToLimits({ pid: child.pid, limits: this.#options, signal, end });
    // What still waits for bytes when ffmpeg has its picture, or was ended, keeps nobody waiting.
    void feed(child.stdin, video.bytes).catch(end);
    try {
      const { code, picture, messages } = await outputOf(child, end);
      signal.throwIfAborted();
      if (fault !== undefined) throw fault;
      if (child.killed) throw new MediaDeathError("died", "it was closed");
      return code === 0 && picture.length > 0 ? picture : whyNot(messages);
    } finally {
      stop();
      child.kill("SIGKILL");
      this.#running.delete(child);
    }
  }

  /** Ends all that runs. */
  close(): void {
    for (const child of this.#running) child.kill("SIGKILL");
  }

  #find(): Promise<string | undefined> {
    return (this.#path ??= findProgram(this.#options.program));
  }
}

function argumentsFor(
  demuxer: string,
  { maxPixels, maxMemoryBytes, timeLimitMs }: Options,
): string[] {
  return [
    ...["-hide_banner", "-loglevel", "error", "-nostdin"],
    // Processor time, by the system: it also ends when nobody watches it any more.
    ...["-timelimit", String(Math.ceil(timeLimitMs / 1000)), "-max_alloc", String(maxMemoryBytes)],
    ...["-protocol_whitelist", "pipe", "-format_whitelist", demuxer, "-f", demuxer],
    ...["-max_pixels", String(maxPixels), "-threads", "1", "-i", "pipe:0"],
    // Video, but no cover picture of an audio file.
    ...["-map", "0:V:0", "-frames:v", "1", "-filter_threads", "1", "-vf", FILTERS],
    ...["-map_metadata", "-1", "-threads", "1", "-c:v", "png", "-f", "image2pipe", "pipe:1"],
  ];
}

function whyNot(messages: string): NoPicture {
  if (messages.includes("matches no streams")) return "no picture";
  return messages.includes("max pixel count") ? "too large" : "damaged";
}

/** Writes until ffmpeg has had enough. */
async function feed(stdin: Writable, bytes: AsyncIterable<Buffer>): Promise<void> {
  // It closes its end when it has its picture.
  stdin.on("error", () => undefined);
  const closed = new Promise<void>((resolve) => stdin.once("close", resolve));
  for await (const piece of bytes) {
    if (stdin.destroyed) return;
    if (!stdin.write(piece)) {
      await Promise.race([closed, once(stdin, "drain").catch(() => undefined)]);
    }
  }
  stdin.end();
}

async function outputOf(
  child: ChildProcessWithoutNullStreams,
  end: (why: unknown) => void,
): Promise<{ readonly code: number | null; readonly picture: Buffer; readonly messages: string }> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  let messages = "";
  child.stdout.on("data", (piece: Buffer) => {
    bytes += piece.length;
    if (bytes <= MAX_PICTURE_BYTES) pieces.push(piece);
    else end(new MediaDeathError("died", "the picture is too large"));
  });
  child.stderr.on("data", (piece: Buffer) => {
    if (messages.length < MAX_MESSAGE_BYTES) messages += piece.toString("latin1");
  });
  const code = await new Promise<number | null>((resolve) => {
    child.once("error", (error) => {
      end(error);
    });
    child.once("close", resolve);
  });
  return { code, picture: Buffer.concat(pieces), messages };
}
