import type { Logger } from "../platform/log.js";
import { BusyError } from "../platform/errors.js";
import { Ffmpeg } from "./ffmpeg.js";
import { MediaDeathError } from "./deaths.js";
import { MediaProcess } from "./process.js";
import type { MediaSettings } from "./settings.js";
import type { MediaKind, MediaOutcome, MediaTask } from "./task.js";

/** Then a process gives way to a new one: what libraries do not free goes with it. */
const TASKS_PER_PROCESS = 200;

/** So many may wait, their contents unread. */
const MOST_WAITING = 64;

const BYTES_IN_MIB = 1024 ** 2;
const PIXELS_IN_MEGAPIXEL = 1_000_000;

interface Deps {
  readonly settings: Pick<
    MediaSettings,
    "ffmpegPath" | "mediaMaxMemoryMib" | "mediaMaxMegapixels" | "mediaTimeLimitMs"
  >;
  readonly log: Logger;
}

/** A content that is to be decoded. */
export interface MediaSource {
  /** What it was found to be. */
  readonly type: string;
  /** The length of all of it. Default: of what is read. */
  readonly sizeBytes?: number;
  /** Reads it, or as much of it as is needed. Called when its turn has come, so that one content is in memory at a time. */
  readonly read: () => Promise<Uint8Array>;
}

/**
 * Decodes contents in a process of its own, one after the other. The process is started with the first task, or by {@link MediaDecoder.warm}. It
 * is replaced after a death, and from time to time.
 */
export class MediaDecoder {
  readonly #deps: Deps;
  readonly #ffmpeg: Ffmpeg;
  #process: MediaProcess | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #isClosed = false;

  constructor(deps: Deps) {
    this.#deps = deps;
    const { settings } = deps;
    this.#ffmpeg = new Ffmpeg({
      program: settings.ffmpegPath,
      maxPixels: settings.mediaMaxMegapixels * PIXELS_IN_MEGAPIXEL,
      maxMemoryBytes: settings.mediaMaxMemoryMib * BYTES_IN_MIB,
      timeLimitMs: settings.mediaTimeLimitMs,
    });
  }

  /** Decodes videos. */
  get ffmpeg(): Ffmpeg {
    return this.#ffmpeg;
  }

  /** The process that does the next task; `undefined` before the first one. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Starts the process ahead of the first task. */
  warm(): void {
    this.#current();
  }

  /**
   * Does one task, when those before it are over.
   *
   * @throws BusyError when too many wait, or it has waited too long; {@link MediaDeathError} when the task has ended the process; whatever `signal` is aborted with,
   * or `source.read` throws.
   */
  async run<K extends MediaKind>(
    kind: K,
    source: MediaSource,
    signal: AbortSignal,
  ): Promise<MediaOutcome<K>> {
    if (this.#waiting >= MOST_WAITING) throw new BusyError("Too many contents are to be decoded");
    this.#waiting += 1;
    const turn = this.#last.then(() => this.#run(kind, source, signal));
    this.#last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.#waiting -= 1;
    }
  }

  /** Ends the process, and what it does. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#ffmpeg.close();
    await this.#process?.close();
    await this.#last;
  }

  async #run<K extends MediaKind>(
    kind: K,
    { type, read, sizeBytes }: MediaSource,
    signal: AbortSignal,
  ): Promise<MediaOutcome<K>> {
    // It says nothing about this content that those before it took so long.
    if (signal.aborted) throw new BusyError("The contents before this one took too long");
    const bytes = await read();
    const maxPixels = this.#deps.settings.mediaMaxMegapixels * PIXELS_IN_MEGAPIXEL;
    const length = sizeBytes ?? bytes.length;
    const task: MediaTask<K> = { kind, type, bytes, sizeBytes: length, maxPixels };
    const process = this.#current();
    try {
      return await process.run(task, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof MediaDeathError && !this.#isClosed) {
        this.#deps.log.warn({ err: error, kind, type }, "The media process has ended");
      }
      throw error;
    } finally {
      await this.#renew(process);
    }
  }

  /** @throws {@link MediaDeathError} after {@link close}. */
  #current(): MediaProcess {
    if (this.#isClosed) throw new MediaDeathError("died", "it was closed");
    if (this.#process === undefined || this.#process.hasEnded) {
      const { mediaMaxMemoryMib, mediaTimeLimitMs: timeLimitMs } = this.#deps.settings;
      const maxMemoryBytes = mediaMaxMemoryMib * BYTES_IN_MIB;
      this.#process = new MediaProcess({ maxMemoryBytes, timeLimitMs });
    }
    return this.#process;
  }

  /** A process that holds much although it has nothing to do would leave too little to the next content. */
  async #renew(process: MediaProcess): Promise<void> {
    const most = (this.#deps.settings.mediaMaxMemoryMib * BYTES_IN_MIB) / 2;
    const isWornOut = process.done >= TASKS_PER_PROCESS || (process.memoryBytes ?? 0) > most;
    if (process.hasEnded || !isWornOut || this.#isClosed) return;
    await process.close();
    // The next content finds it started.
    this.warm();
  }
}
