import { offline, problemOf } from "./problem.js";

/** Where the API is. */
export const API = "/api/v1";

type Method = "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";

/** What a request has beside its method and path. */
export interface Ask {
  /** Sent as JSON. */
  readonly body?: object;
  /** Those that are `undefined` are left out. */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Called when an answer says that nobody is signed in any more. */
export const whenSignedOut = new Set<() => void>();

/** The URL of a path of the API, with a query. */
export function apiUrl(path: string, query: Ask["query"] = {}): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  const text = new URLSearchParams(given).toString();
  const prefix = path.startsWith(`${API}/`) ? "" : API;
  return prefix + path + (text === "" ? "" : `?${text}`);
}

/**
 * Sends a request to the API with the session's cookie.
 *
 * @param path - Below `/api/v1`, or as a link of an answer has it.
 * @throws Problem, also where there is no answer.
 */
export async function send(method: Method, path: string, ask: Ask = {}): Promise<Response> {
  const { body, query, headers, signal } = ask;
  const json = body !== undefined && { "Content-Type": "application/json" };
  const response = await fetch(apiUrl(path, query), {
    method,
    headers: { Accept: "application/json", ...json, ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal !== undefined && { signal }),
  }).catch((error: unknown) => {
    if (signal?.aborted === true) throw error;
    throw offline();
  });
  if (response.ok) return response;
  const problem = await problemOf(response);
  if (problem.code === "unauthenticated") for (const listener of whenSignedOut) listener();
  throw problem;
}

/** {@link send}, and the JSON of the answer; `undefined` for 204. The caller says what it has, as `openapi/` promises it. */
export async function ask<T>(method: Method, path: string, details: Ask = {}): Promise<T> {
  const response = await send(method, path, details);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

/** A page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Leads to the next page; `null` after the last one. */
  readonly nextCursor: string | null;
}
