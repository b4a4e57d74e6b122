import type { ContentIndexSettings } from "../content-index/settings.js";
import type { MediaDecoder } from "../media/decoder.js";
import type { MediaSettings } from "../media/settings.js";
import type { MediaAbilities } from "../media/task.js";
import type { ScannerStatus } from "../scan/status.js";

/** The parts of the pipeline that can be switched off, or that need something that a machine may not have. */
export const PART_NAMES = [
  ...(["scan", "previews", "textPreviews", "pdfPreviews", "videoPreviews"] as const),
  ...(["details", "contentSearch"] as const),
] as const;

export type PartName = (typeof PART_NAMES)[number];

/** How a part is on one worker. The reasons are words of this file: they have no addresses and no paths. */
export interface PartState {
  readonly state: "on" | "off" | "unable";
  /** Why it is not on; `null` where it is. */
  readonly reason: string | null;
}

export type PartStates = Readonly<Record<PartName, PartState>>;

const ON: PartState = { state: "on", reason: null };
const off = (reason: string): PartState => ({ state: "off", reason });
const unable = (reason: string): PartState => ({ state: "unable", reason });

interface Deps {
  readonly media: Pick<MediaDecoder, "run" | "ffmpeg">;
  readonly scannerStatus: Pick<ScannerStatus, "check">;
  readonly settings: Pick<MediaSettings, "previews" | "details"> & ContentIndexSettings;
}

/** Finds out what this worker can do with contents. */
export class PipelineAbilities {
  readonly #deps: Deps;
  #media: MediaAbilities | undefined;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** The media process is asked once: what is installed later needs a new worker. */
  async list(signal: AbortSignal): Promise<PartStates> {
    const { details, previews, contentSearch } = this.#deps.settings;
    return {
      scan: await this.#scan(),
      ...(previews === "on" ? await this.#previews(signal) : NO_PREVIEWS),
      details: details === "on" ? ON : off("DETAILS is off"),
      contentSearch: contentSearch === "on" ? ON : off("CONTENT_SEARCH is off"),
    };
  }

  async #scan(): Promise<PartState> {
    const { state } = await this.#deps.scannerStatus.check();
    if (state === "off") return off("CLAMD_URL is not set");
    return state === "away" ? unable("the scanner is away") : ON;
  }

  async #previews(signal: AbortSignal): Promise<PreviewParts> {
    // A media process that has died says nothing of the machine. It is asked again with the next report.
    const found = (this.#media ??= await this.#askMedia(signal).catch(() => undefined));
    if (found === undefined) return NO_MEDIA;
    const hasFfmpeg = await this.#deps.media.ffmpeg.isInstalled();
    return {
      previews: ON,
      textPreviews: found.hasFonts ? ON : unable("no fonts"),
      pdfPreviews: found.hasPdf ? ON : unable("pdfjs-dist is not installed"),
      videoPreviews: hasFfmpeg ? ON : unable("ffmpeg is not installed"),
    };
  }

  async #askMedia(signal: AbortSignal): Promise<MediaAbilities> {
    const read = () => Promise.resolve(new Uint8Array());
    const found = await this.#deps.media.run("abilities", { type: "", read }, signal);
    if (found.outcome !== "done") throw new Error("The media process does not say what it can do");
    return found.answer;
  }
}

type PreviewParts = Pick<PartStates, "previews" | "textPreviews" | "pdfPreviews" | "videoPreviews">;

const allPreviews = (state: PartState): PreviewParts => ({
  previews: state,
  textPreviews: state,
  pdfPreviews: state,
  videoPreviews: state,
});

const NO_PREVIEWS = allPreviews(off("PREVIEWS is off"));
const NO_MEDIA = allPreviews(unable("the media process does not answer"));
