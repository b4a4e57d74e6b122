const OFFICE = "application/vnd.openxmlformats-officedocument";
const OPEN = "application/vnd.oasis.opendocument";

/** Groups of media types that people look for, as far as types are detected. `…/*` is a whole family. */
const TYPE_GROUPS = {
  image: ["image/*"],
  video: ["video/*"],
  audio: ["audio/*"],
  font: ["font/*"],
  text: ["text/*", "application/rtf"],
  document: [
    "application/pdf",
    "application/rtf",
    "application/msword",
    "application/vnd.ms-word.*",
    "application/x-cfb",
    "application/epub+zip",
    "application/postscript",
    `${OFFICE}.wordprocessingml.*`,
    `${OPEN}.text*`,
  ],
  spreadsheet: ["application/vnd.ms-excel*", `${OFFICE}.spreadsheetml.*`, `${OPEN}.spreadsheet*`],
  presentation: [
    "application/vnd.ms-powerpoint*",
    `${OFFICE}.presentationml.*`,
    `${OPEN}.presentation*`,
  ],
  archive: [
    "application/zip",
    "application/gzip",
    "application/zstd",
    "application/vnd.rar",
    "application/vnd.debian.binary-package",
    "application/x-7z-compressed",
    "application/x-ar",
    "application/x-arj",
    "application/x-bzip2",
    "application/x-compress",
    "application/x-cpio",
    "application/x-lzip",
    "application/x-rar-compressed",
    "application/x-rpm",
    "application/x-tar",
    "application/x-unix-archive",
    "application/x-xz",
  ],
  code: [
    "application/javascript",
    "application/json",
    "application/wasm",
    "application/x-ndjson",
    "application/xml",
    "application/xhtml+xml",
    "application/xslt+xml",
  ],
} as const;

type TypeGroup = keyof typeof TYPE_GROUPS;

export const TYPE_GROUP_NAMES = Object.keys(TYPE_GROUPS);

/** The group of a type that belongs to none, and of content that was not inspected. */
const NO_GROUP = "other";

/** The group of a type: the first of those that have it. */
export function groupOf(type: string | null): string {
  const isIn = (pattern: string) =>
    pattern.endsWith("*") ? type?.startsWith(pattern.slice(0, -1)) : type === pattern;
  return TYPE_GROUP_NAMES.find((name) => typesOf(name).some(isIn)) ?? NO_GROUP;
}

/** The types that a group or one type stands for; those with a star at the end are beginnings. */
export function typesOf(given: string): readonly string[] {
  return given in TYPE_GROUPS ? TYPE_GROUPS[given as TypeGroup] : [given];
}
