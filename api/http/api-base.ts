import type { Context } from "koa";

/** The prefixes under which the API is served: with its version, and as the plain paths of the quick examples. */
export const API_PREFIXES = ["/api/v1", "/api"] as const;

/** The prefix that a request came by, so that the links in its answer go on with it. Relative: no proxy setting is needed. */
export function apiBase({ path }: Pick<Context, "path">): string {
  return API_PREFIXES.find((prefix) => path.startsWith(`${prefix}/`)) ?? API_PREFIXES[0];
}
