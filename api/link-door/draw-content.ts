import { html, type Html } from "../pages/html.js";
import type { presentFileOf } from "./present.js";

export type ShownFile = ReturnType<typeof presentFileOf>;

const NOTHING = html``;

/** A picture up to this size is shown on the page where it has no preview. */
const MAX_PICTURE_BYTES = 10 * 1000 ** 2;

/**
 * What a page shows of a file: its preview, which is no download; players for audio and video, and pictures without a preview, where no download is counted
 * against a limit.
 */
export function drawContent(file: ShownFile, { isLimited }: { readonly isLimited: boolean }): Html {
  const { preview } = file.links;
  const content = isLimited ? null : file.links.content;
  const [kind] = (file.type ?? "").split("/");
  if (kind === "video" && content !== null) return drawVideo(content, preview);
  const shown = preview === null ? NOTHING : drawPicture(file.name, `${preview}?size=1024`);
  if (content === null) return shown;
  if (kind === "audio") {
    return html`${shown}<audio class="preview" src="${content}" controls preload="none"></audio>`;
  }
  const isOriginal = kind === "image" && preview === null && file.sizeBytes <= MAX_PICTURE_BYTES;
  return isOriginal ? drawPicture(file.name, content) : shown;
}

const drawPicture = (name: string, url: string) =>
  html`<img class="preview" src="${url}" alt="${name}" loading="lazy" />`;

function drawVideo(content: string, preview: string | null): Html {
  const poster = preview === null ? NOTHING : html`poster="${preview}?size=1024"`;
  return html`<video class="preview" src="${content}" ${poster} controls preload="none"></video>`;
}

/** A small picture beside the name of a file, which says what it is. */
export const drawSmall = ({ links }: ShownFile): Html =>
  links.preview === null
    ? NOTHING
    : html`<img
        class="small"
        src="${links.preview}?size=64"
        alt=""
        width="64"
        height="64"
        loading="lazy"
      />`;
