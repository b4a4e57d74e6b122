import { classOf } from "../inspection/type-class.js";
import { IMAGE_TYPES } from "./image-loaders.js";
import { VIDEO_DEMUXERS } from "./video-formats.js";

/** What a preview is made from. */
export interface PreviewSource {
  /** The type for which the media process is asked. */
  readonly type: string;
  /** How much of the beginning is enough, in bytes; `undefined` for all of it. */
  readonly firstBytes?: number;
  /** Of a video: how ffmpeg reads it. The media process is asked for the picture that ffmpeg makes. */
  readonly demuxer?: string;
}

const TEXT: PreviewSource = { type: "text/plain", firstBytes: 16 * 1024 };

/** HTML and the like would have to be run to be seen. SVG is never rendered: it may load, run and hide things. */
const ACTIVE = new Set(["image/svg+xml", "text/html", "application/xhtml+xml"]);

/**
 * How a preview is made of a type of content.
 *
 * @param type - As it was found; `null` where it is not known.
 * @returns Why there is none, in words that the owner reads, where none is made.
 */
export function previewSource(type: string | null): PreviewSource | string {
  if (type === null) return "unsupported";
  if (ACTIVE.has(type)) return "active content";
  const isWhole =
    IMAGE_TYPES.includes(type) || type === "application/pdf" || type.startsWith("audio/");
  if (isWhole) return { type };
  const demuxer = VIDEO_DEMUXERS[type];
  if (demuxer !== undefined) return { type: "image/png", demuxer };
  return ["text", "script"].includes(classOf(type)) ? TEXT : "unsupported";
}
