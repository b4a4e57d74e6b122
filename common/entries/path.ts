import { InvalidRequestError } from "../platform/errors.js";
import { MAX_DEPTH } from "./entry.js";
import { InvalidNameError, type NameField } from "./errors.js";
import { lastPathSegment, parseName } from "./name.js";

/** What a text with a path is, and where the request has it. */
interface PathField {
  readonly field: NameField;
  /** How many names the path may have. Default: as many folders as may lie inside each other. */
  readonly mostNames?: number;
}

/**
 * Checks the names of a path, from the top.
 *
 * @returns The names as they are stored, and as they are compared.
 * @throws InvalidNameError for the first name that no file or folder can have, with the field.
 * @throws InvalidRequestError when there are more names than such a path may have.
 */
export function parseNames(
  given: readonly string[],
  { field, mostNames = MAX_DEPTH }: PathField,
): string[] {
  if (given.length > mostNames) {
    const detail = `${field.pointer} leads deeper than ${MAX_DEPTH} folders`;
    throw new InvalidRequestError([{ ...field, detail }]);
  }
  try {
    return given.map((name) => parseName(name).nameKey);
  } catch (error) {
    throw error instanceof InvalidNameError ? error.in(field) : error;
  }
}

/**
 * The names of a path such as `/photos/2026`. It always begins at the topmost folder, so the slash before the first name says nothing.
 * One after the last says nothing either, because the path is that of a folder. An empty path is the topmost folder.
 *
 * @throws As {@link parseNames}.
 */
export function parseFolderPath(given: string, field: NameField): string[] {
  const path = given.replace(/^\//, "");
  return path === "" ? [] : parseNames(path.replace(/\/$/, "").split("/"), { field });
}

/** A file name as a client sent it. */
export interface SentName {
  /** The folders that it lies in, below the place of the upload, from the top. They are not checked yet. */
  readonly folders: readonly string[];
  readonly name: string;
}

const DRIVE = /^[A-Za-z]:/;

/**
 * Reads a file name that may be a relative path, as browsers send it for a file of a chosen folder: `photos/2026/a.jpg`. Of a path with
 * backslashes, empty names, `.`, `..`, a drive letter or a slash at its beginning only the last segment counts (RFC 7578 §4.2).
 */
export function splitSentName(given: string): SentName {
  const folders = given.split("/").slice(0, -1);
  const isRelative =
    !given.includes("\\") &&
    !DRIVE.test(folders[0] ?? "") &&
    !folders.some((name) => name === "" || name === "." || name === "..");
  return { folders: isRelative ? folders : [], name: lastPathSegment(given) };
}
