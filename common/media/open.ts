import type { Logger } from "../platform/log.js";
import { MediaDecoder } from "./decoder.js";
import type { MediaSettings } from "./settings.js";

interface Options {
  readonly settings: MediaSettings;
  readonly log: Logger;
}

/** Opens what decodes contents. Where previews are made, the first upload finds its process started. */
export function openMedia({ settings, log }: Options): MediaDecoder {
  const media = new MediaDecoder({ settings, log });
  if (settings.previews === "on") media.warm();
  return media;
}
