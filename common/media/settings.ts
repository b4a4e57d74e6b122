import type { ConfigOf } from "../platform/config.js";
import { oneOf, seconds, text, topic, wholeNumber } from "../platform/setting.js";

/** Of what previews are made, and what the process may use that decodes images, documents, audio and video. */
export const mediaSettings = topic("Media", {
  previews: oneOf<"on" | "off">(
    "PREVIEWS",
    "Whether small pictures of files are made and shown: on or off.",
    ["on", "off"],
  ),
  previewMaxMib: wholeNumber(
    "PREVIEW_MAX_MIB",
    "How large a file may be of which a preview is made, in MiB. All of it is in memory meanwhile, twice.",
    { default: 64, min: 1, max: 1024 },
  ),
  details: oneOf<"on" | "off">(
    "DETAILS",
    "Whether files are searched for what they say of themselves, such as sizes, lengths and titles: on or off.",
    ["on", "off"],
  ),
  mediaMaxMemoryMib: wholeNumber(
    "MEDIA_MAX_MEMORY_MIB",
    "How much memory the process may use that decodes images, documents, audio and video, in MiB. It is ended when it uses more. Only Linux says how much it uses.",
    { default: 512, min: 128, max: 65_536 },
  ),
  mediaMaxMegapixels: wholeNumber(
    "MEDIA_MAX_MEGAPIXELS",
    "How many pixels an image may have to be decoded, in millions.",
    { default: 50, min: 1, max: 1000 },
  ),
  ffmpegPath: text(
    "FFMPEG_PATH",
    "The program that takes a picture out of a video: a path, or a name that is searched for in PATH. Without it, videos have no previews.",
    { pattern: /^(?:\/.+|[\w.-]+)$/, form: "an absolute path or a name", default: "ffmpeg" },
  ),
  mediaTimeLimitMs: seconds(
    "MEDIA_TIME_LIMIT_SECONDS",
    "How long it may take to decode one content, in seconds. Then the process is ended.",
    { default: 30, min: 1, max: 120 },
  ),
});

export type MediaSettings = ConfigOf<typeof mediaSettings>;
