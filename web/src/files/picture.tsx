import { Icon, type IconName } from "../parts/icon.js";
import type { Entry } from "./entry.js";

const BY_FAMILY: Readonly<Record<string, IconName>> = {
  image: "image",
  video: "video",
  audio: "audio",
  text: "text",
};

/** The icon of an entry, by what its content was found to be. */
export function iconOf(entry: Entry): IconName {
  if (entry.kind === "folder") return "folder";
  if (entry.kind === "mount") return "people";
  if (entry.kind === "trashed" && entry.was === "folder") return "folder";
  const { type } = entry;
  if (entry.kind === "file" && entry.state === "quarantined") return "warning";
  if (type === null) return "file";
  if (/zip|tar|7z|rar|gzip/.test(type)) return "archive";
  return BY_FAMILY[type.split("/")[0] ?? ""] ?? (type === "application/pdf" ? "text" : "file");
}

interface Props {
  readonly entry: Entry;
  /** Of the longer side, in pixels. */
  readonly size: 64 | 256;
}

/** A small picture of what is in a file, or an icon. */
export function Picture({ entry, size }: Props) {
  if (entry.kind === "file" && entry.links.preview !== null) {
    const src = `${entry.links.preview}?size=${size}&versionId=${entry.versionId}`;
    return (
      <img class="picture" src={src} alt="" loading="lazy" decoding="async" draggable={false} />
    );
  }
  return (
    <span class={`picture is-${entry.kind}`}>
      <Icon name={iconOf(entry)} />
    </span>
  );
}
