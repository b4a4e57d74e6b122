import type Koa from "koa";
import { MAX_DEPTH } from "../../common/entries/entry.js";
import { parseNames } from "../../common/entries/path.js";
import { InvalidRequestError } from "../../common/platform/errors.js";
import { apiBase } from "../http/route.js";

/** Below what paths are addresses. */
const BY_PATH = "/by-path/";

/** As the router has it: any path, also the empty one. */
export const BY_PATH_ROUTE = `${BY_PATH}{*path}`;

/** Where a request has its path. */
export const PATH = { in: "path", pointer: "path" } as const;

/** A path in a URL. */
export interface UrlPath {
  /** From the topmost folder that the credential may reach; none is that folder itself. */
  readonly names: readonly string[];
  /** Whether the path can be that of a folder only: it is empty, or ends with a slash. */
  readonly isFolderPath: boolean;
}

/** The path of a request below `/by-path/`. @throws As {@link parseUrlPath}. */
export function readUrlPath(ctx: Pick<Koa.Context, "path">): UrlPath {
  return parseUrlPath(ctx.path.slice(apiBase(ctx).length + BY_PATH.length));
}

/**
 * Reads a path as a URL has it: names that are percent-encoded one by one, with slashes between them. An encoded slash is part of a name,
 * and no name may have one.
 *
 * @throws InvalidRequestError for what is not percent-encoded UTF-8, and for a path that leads too deep.
 * @throws InvalidNameError for a name that no file or folder can have, such as an empty one.
 */
export function parseUrlPath(given: string): UrlPath {
  if (given === "") return { names: [], isFolderPath: true };
  const isFolderPath = given.endsWith("/");
  const segments = (isFolderPath ? given.slice(0, -1) : given).split("/").map(decode);
  const mostNames = isFolderPath ? MAX_DEPTH : MAX_DEPTH + 1;
  return { names: parseNames(segments, { field: PATH, mostNames }), isFolderPath };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    const detail = "path must have names in percent-encoded UTF-8";
    throw new InvalidRequestError([{ ...PATH, detail }]);
  }
}
