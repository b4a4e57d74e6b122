import type { FileEntry } from "../files/entry.js";

/** How a file is shown; `none`: with its details and a download alone. */
export type Kind = "image" | "pdf" | "text" | "markdown" | "audio" | "video" | "none";

/** Images that all browsers show. */
const IMAGES = new Set([
  ...["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"],
  ...["image/svg+xml", "image/bmp", "image/x-icon", "image/vnd.microsoft.icon"],
]);

const TEXTS = new Set([
  ...["application/json", "application/xml", "application/x-ndjson", "application/javascript"],
  ...["application/x-sh", "application/yaml", "application/toml", "application/sql"],
]);

/** How a file is shown, by what its content was found to be, never by its name alone. */
export function kindOf({ type, state, name, links }: FileEntry): Kind {
  if (state !== "ready" || type === null) return "none";
  if (IMAGES.has(type) || (type.startsWith("image/") && links.preview !== null)) return "image";
  // Where browsers do not say that a frame asks, the server sends a PDF as a download.
  if (type === "application/pdf") return isSecureContext ? "pdf" : "none";
  if (type.startsWith("audio/")) return "audio";
  if (type.startsWith("video/")) return "video";
  if (type.startsWith("text/") || TEXTS.has(type)) {
    return /\.(?:md|markdown)$/i.test(name) ? "markdown" : "text";
  }
  return "none";
}

/** The picture that is shown of an image: itself, or the largest preview where browsers do not know its type. */
export const pictureOf = ({ type, links }: FileEntry): string =>
  IMAGES.has(type ?? "") || links.preview === null ? links.content : `${links.preview}?size=1024`;
