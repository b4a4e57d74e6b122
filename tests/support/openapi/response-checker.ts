import { at, type Operation, operations, type PromisedResponse, responseNamed } from "./promise.js";
import { faultsOf } from "./schema.js";

/** An answer as a client saw it. */
export interface SeenResponse {
  readonly method: string;
  /** With or without a query. */
  readonly path: string;
  readonly status: number;
  /** Names in lower case, as Node has them. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Uint8Array | string;
}

/** An answer is not one that the API promises. `message` lists every difference. */
export class BrokenPromiseError extends Error {}

const patterns = new Map(operations.map((operation) => [operation, patternOf(operation)]));
const ANY_TIME = responseNamed("AnyTime");
const PROBLEM: PromisedResponse = {
  headers: new Map(),
  content: new Map([["application/problem+json", at("components", "schemas", "Problem")]]),
};

/**
 * Holds an answer against the bundled OpenAPI document: path, method, status, header fields, media type and body.
 *
 * A path that is not promised must be answered 404, a method that is not promised 405 with `Allow`. `HEAD` is promised wherever
 * `GET` is. Statuses that an operation does not list must be those of its `default`.
 *
 * @throws {@link BrokenPromiseError} when the answer is not as promised.
 */
export function checkResponse(seen: SeenResponse): void {
  const faults = faultsIn(seen);
  if (faults.length === 0) return;
  const { method, path, status } = seen;
  throw new BrokenPromiseError(
    [`${method} ${path} was answered ${status}, not as promised:`, ...faults].join("\n  - "),
  );
}

function faultsIn(seen: SeenResponse): string[] {
  const onPath = operationsOn(seen.path);
  const operation = choose(onPath, seen.method.toUpperCase());
  if (operation === undefined) return faultsOffThePath(seen, onPath);
  const promised = promisedFor(operation, seen.status);
  if (promised === undefined) return [`${operation.id} does not promise this status`];
  return [...headerFaults(seen, promised), ...bodyFaults(seen, promised)];
}

function operationsOn(target: string): Operation[] {
  const path = target.replace(/\?.*$/s, "");
  return operations.filter((operation) => patterns.get(operation)?.test(path));
}

/** What the paths of an operation look like. The parameter `path` has slashes, or nothing. */
function patternOf({ paths }: Operation): RegExp {
  const patterns = paths.map((template) =>
    template
      .split(/(\{[^}]*\})/)
      .map((part) => {
        if (part === "{path}") return ".*";
        return part.startsWith("{") ? "[^/]+" : part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
      })
      .join(""),
  );
  return new RegExp(`^(?:${patterns.join("|")})$`);
}

function choose(candidates: readonly Operation[], method: string): Operation | undefined {
  const named = candidates.find((operation) => operation.method === method);
  return named ?? (method === "HEAD" ? choose(candidates, "GET") : undefined);
}

function promisedFor({ responses }: Operation, status: number): PromisedResponse | undefined {
  return responses.get(String(status)) ?? responses.get("default");
}

/** What is not there is 404 or 405; and a request may be refused before anybody looks what is there. */
function faultsOffThePath(seen: SeenResponse, onPath: readonly Operation[]): string[] {
  const { status, headers } = seen;
  if (status < 400) return ["nothing is promised here"];
  if (status === 405 && headers["allow"] === undefined) return ["Allow is missing"];
  const isExpected = status === (onPath.length === 0 ? 404 : 405) || status === 403;
  return bodyFaults(seen, isExpected ? PROBLEM : ANY_TIME);
}

function headerFaults({ headers }: SeenResponse, promised: PromisedResponse): string[] {
  return [...promised.headers].flatMap(([name, { isRequired, schema }]) => {
    const value = headers[name.toLowerCase()];
    if (value === undefined) return isRequired ? [`${name} is missing`] : [];
    return [value].flat().flatMap((line) => faultsOf(line, schema).map((f) => `${name}: ${f}`));
  });
}

function bodyFaults(seen: SeenResponse, { content }: PromisedResponse): string[] {
  const hasBody = seen.body.length > 0;
  if (seen.method.toUpperCase() === "HEAD" || content.size === 0) {
    return hasBody ? ["it should have no body"] : [];
  }
  const type = String(seen.headers["content-type"] ?? "")
    .replace(/;.*$/s, "")
    .trim()
    .toLowerCase();
  const schema = content.get(type) ?? content.get("*/*");
  if (schema === undefined) {
    return [`its type is ${type || "missing"}, not ${[...content.keys()].join(" or ")}`];
  }
  if (!type.endsWith("json") || content.get(type) === undefined) return [];
  const value = parseJson(seen.body);
  if (value === undefined) return ["its body is not JSON"];
  return [...faultsOf(value, schema), ...statusFaults(seen, type)];
}

/** RFC 9457 §3.1.2: the two are the same. */
function statusFaults(seen: SeenResponse, type: string): string[] {
  if (type !== "application/problem+json") return [];
  const { status } = parseJson(seen.body) as { readonly status?: unknown };
  return status === seen.status ? [] : [`its body says status ${String(status)}`];
}

function parseJson(body: Uint8Array | string): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString()) as unknown;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}
