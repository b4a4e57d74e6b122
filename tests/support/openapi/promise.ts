import { readFileSync } from "node:fs";

/** What a JSON Schema or any part of the document is to this code: data. */
export type Json = Readonly<Record<string, unknown>>;

/** One promised answer. */
export interface PromisedResponse {
  readonly headers: ReadonlyMap<string, { readonly isRequired: boolean; readonly schema: Json }>;
  /** By media type or range; empty where the answer has no body. */
  readonly content: ReadonlyMap<string, Json>;
}

/** One parameter of an operation. */
export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header" | "cookie";
  readonly isRequired: boolean;
  readonly schema: Json;
}

/** One promised operation. */
export interface Operation {
  readonly id: string;
  /** Upper case. */
  readonly method: string;
  /** Its paths, one per server: `/api/v1/files/{id}`. */
  readonly paths: readonly string[];
  readonly security: readonly Json[];
  readonly summary: string;
  readonly parameters: readonly Parameter[];
  /** The schema of its body of JSON, if it takes one. */
  readonly jsonBody: Json | undefined;
  /** Whether the request may have no body. */
  readonly isBodyOptional: boolean;
  /** By status, or `default`. */
  readonly responses: ReadonlyMap<string, PromisedResponse>;
}

const METHODS = ["get", "head", "post", "put", "patch", "delete", "options"];

/** The bundled document, as it is served. */
export const document = JSON.parse(
  readFileSync(new URL("../../../openapi/openapi.json", import.meta.url), "utf8"),
) as Json;

/** Every operation of the document, with all references to components resolved except those inside schemas. */
export const operations: readonly Operation[] = Object.entries(at("paths")).flatMap(
  ([path, item]) =>
    Object.entries(follow(item))
      .filter(([method]) => METHODS.includes(method))
      .map(([method, operation]) => readOperation({ path, method, item: follow(item), operation })),
);

/** The part of the document at these keys. */
export function at(...keys: readonly string[]): Json {
  return keys.reduce<Json>((node, key) => follow(node[key]), document);
}

/** A part of the document, or what it refers to. */
export function follow(node: unknown): Json {
  if (typeof node !== "object" || node === null) {
    throw new Error(`The document has ${String(node)} where it should have an object`);
  }
  const { $ref } = node as Json;
  if (typeof $ref !== "string") return node as Json;
  return at(...$ref.slice("#/".length).split("/"));
}

/** One of the answers that operations share. */
export function responseNamed(name: string): PromisedResponse {
  return readResponse(at("components", "responses", name));
}

interface Place {
  readonly path: string;
  readonly method: string;
  readonly item: Json;
  readonly operation: unknown;
}

function readOperation({ path, method, item, operation: node }: Place): Operation {
  const operation = follow(node);
  const servers = (item["servers"] ?? document["servers"]) as readonly { url: string }[];
  return {
    id: String(operation["operationId"]),
    method: method.toUpperCase(),
    paths: servers.map(({ url }) => (url === "/" ? path : `${url}${path}`)),
    security: (operation["security"] ?? document["security"]) as readonly Json[],
    summary: String(operation["summary"]),
    parameters: [item["parameters"], operation["parameters"]].flatMap(readParameters),
    jsonBody: readJsonBody(operation["requestBody"]),
    isBodyOptional: follow(operation["requestBody"] ?? {})["required"] !== true,
    responses: mapValues(operation["responses"], readResponse),
  };
}

function readParameters(list: unknown): Parameter[] {
  return ((list ?? []) as readonly unknown[]).map(follow).map((parameter) => ({
    name: String(parameter["name"]),
    in: parameter["in"] as Parameter["in"],
    isRequired: parameter["required"] === true,
    schema: follow(parameter["schema"]),
  }));
}

function readJsonBody(body: unknown): Json | undefined {
  const content = follow(body ?? {})["content"];
  const json = follow(content ?? {})["application/json"];
  return json === undefined ? undefined : follow(follow(json)["schema"]);
}

function readResponse(response: Json): PromisedResponse {
  return {
    headers: mapValues(response["headers"], ({ required, schema }) => ({
      isRequired: required === true,
      schema: follow(schema),
    })),
    content: mapValues(response["content"], ({ schema }) => (schema ?? {}) as Json),
  };
}

function mapValues<T>(node: unknown, read: (value: Json) => T): ReadonlyMap<string, T> {
  return new Map(Object.entries(node ?? {}).map(([key, value]) => [key, read(follow(value))]));
}
