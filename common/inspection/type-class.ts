import { isProgram, isScript } from "./programs.js";

/**
 * What people and programs take a content for. `markup` is what a browser may run, `office` a document that an office program opens. `macros` is
 * such a document with programs in it, and `other` says nothing.
 */
export type TypeClass =
  | "program"
  | "script"
  | "markup"
  | "macros"
  | "office"
  | "pdf"
  | "image"
  | "audio"
  | "video"
  | "font"
  | "archive"
  | "text"
  | "other";

const MARKUP =
  /^(?:text\/html|application\/xhtml\+xml|image\/svg\+xml|application\/xslt\+xml|multipart\/related|application\/x-shockwave-flash)$/;
const OFFICE =
  /^application\/(?:msword|rtf|vnd\.visio|x-cfb|x-mspublisher|epub\+zip|vnd\.(?:ms-(?:word|excel|powerpoint|outlook|visio)|openxmlformats-officedocument|oasis\.opendocument|sun\.xml)\b.*)$|^text\/rtf$/;
const ARCHIVE =
  /^application\/(?:zip|gzip|zstd|vnd\.rar|vnd\.ms-cab-compressed|x-(?:zip-compressed|gzip|7z-compressed|tar|bzip2|xz|rar-compressed|lzip|lz4|arj|cpio|compress|apple-diskimage|unix-archive))$/;
const TEXT =
  /^(?:text|message)\/|^application\/(?:json|xml|x-ndjson|mbox|javascript|pgp-encrypted|x-sh|sql|yaml|.{1,80}\+(?:xml|json))$/;

/** The classes with their types; the first that has a type is its class. */
const CLASSES: readonly (readonly [TypeClass, (type: string) => boolean])[] = [
  ["program", isProgram],
  ["script", isScript],
  ["markup", (type) => MARKUP.test(type)],
  ["macros", (type) => type.includes("macroenabled")],
  ["office", (type) => OFFICE.test(type)],
  ["pdf", (type) => /^application\/(?:pdf|illustrator|postscript|eps)$/.test(type)],
  ["image", (type) => type.startsWith("image/")],
  ["audio", (type) => type.startsWith("audio/")],
  ["video", (type) => type.startsWith("video/")],
  ["font", (type) => type.startsWith("font/")],
  ["archive", (type) => ARCHIVE.test(type)],
  ["text", (type) => TEXT.test(type)],
];

export const classOf = (type: string): TypeClass =>
  CLASSES.find(([, has]) => has(type))?.[0] ?? "other";
