import { IMAGE_TYPES } from "./image-loaders.js";

/** By what contents are described. */
export type Describer = "image" | "heic" | "pdf" | "recording";

/** What describes contents of a type; `undefined` where nothing does. */
export function describerOf(type: string): Describer | undefined {
  if (IMAGE_TYPES.includes(type)) return "image";
  if (/^image\/hei[cf]$/.test(type)) return "heic";
  if (type === "application/pdf") return "pdf";
  return /^(?:audio|video)\//.test(type) ? "recording" : undefined;
}
