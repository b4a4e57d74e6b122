import { type AnyObjectSchema, type InferType, object, ValidationError } from "yup";
import {
  type FieldFault,
  InvalidRequestError,
  NotFoundError,
} from "../../common/platform/errors.js";
import { declaredLength } from "./body.js";
import type { Context } from "./door.js";
import { NoBodyError } from "./errors.js";
import { jsonPointer } from "./json-pointer.js";
import type { RequestSchema, Step } from "./route.js";

type PartOf<S extends RequestSchema, K extends keyof RequestSchema> = S[K] extends AnyObjectSchema
  ? InferType<S[K]>
  : undefined;

/** A checked request, typed by its schema. Parts that the schema does not name are `undefined`. */
export interface CheckedRequest<S extends RequestSchema> {
  readonly params: PartOf<S, "params">;
  readonly query: PartOf<S, "query">;
  readonly headers: PartOf<S, "headers">;
  readonly body: PartOf<S, "body">;
}

/** The parts of a request before they are checked. */
export interface UncheckedRequest {
  readonly params?: unknown;
  readonly query: object;
  readonly headers?: object;
  /** Called when the path is one that may exist. */
  readonly readBody?: () => Promise<unknown>;
}

/** A request can be wrong in so many places that nobody reads them all. */
const MAX_FAULTS = 20;

const NO_PARAMETERS: AnyObjectSchema = object().shape({});

/**
 * Checks a request against a schema, and gives its handler the checked parts as `ctx.state.request`.
 *
 * @throws {@link NotFoundError} and {@link InvalidRequestError} as {@link checkRequest} does, and what `Door.readJson` throws.
 */
export function expects<S extends RequestSchema>(schema: S): Step<{ request: CheckedRequest<S> }> {
  return Object.assign(
    async (
      ctx: Context & { params?: unknown; state: { request?: CheckedRequest<S> } },
      next: () => Promise<unknown>,
    ) => {
      const { params } = ctx;
      const query = readParameters(ctx.querystring);
      const readBody = () => readJson(ctx, schema);
      const request = { params, query, headers: ctx.req.headers, readBody };
      ctx.state.request = await checkRequest(request, schema);
      await next();
    },
    { schema },
  );
}

/** A body whose fields are all optional may be missing: then it has none of them. A change that changes nothing is a mistake. */
async function readJson(ctx: Context, { body, largestBodyBytes }: RequestSchema): Promise<unknown> {
  const isOptional = () =>
    ctx.method !== "PATCH" && body?.isValidSync({}, { strict: true }) === true;
  if (declaredLength(ctx.req) === 0 && isOptional()) return {};
  try {
    return await ctx.state.door.readJson(ctx, largestBodyBytes);
  } catch (error) {
    if (error instanceof NoBodyError && isOptional()) return {};
    throw error;
  }
}

/**
 * Checks the parts of a request that a schema names. Unknown keys of query and body are refused. A body is taken as it is:
 * nothing is converted. Query parameters and header fields are text until their schema's own transform makes something else
 * of them; a query parameter may not be repeated.
 *
 * @throws {@link NotFoundError} when a path parameter cannot be that of anything.
 * @throws {@link InvalidRequestError} with all faults of query, header and body, at most 20.
 */
export async function checkRequest<S extends RequestSchema>(
  { params, query, headers, readBody }: UncheckedRequest,
  schema: S,
): Promise<CheckedRequest<S>> {
  const path = await read(schema.params, { in: "path", value: params });
  if (path.faults.length > 0) throw new NotFoundError();

  const body =
    schema.body === undefined
      ? NOTHING
      : await read(schema.body, { in: "body", value: (await readBody?.()) ?? null });
  const parameters = await readQuery(schema.query, query);
  const fields = await read(schema.headers, { in: "header", value: headers });
  const faults = [...parameters.faults, ...fields.faults, ...body.faults];
  if (faults.length > 0) throw new InvalidRequestError(faults.slice(0, MAX_FAULTS));

  // Each part was checked against the very schema that this type is inferred from.
  return {
    params: path.value,
    query: parameters.value,
    headers: fields.value,
    body: body.value,
  } as CheckedRequest<S>;
}

/** The parameters of a query; those that are given more than once as lists. Koa's own `query` takes quadratic time. */
function readParameters(querystring: string): object {
  const parameters = new Map<string, string | string[]>();
  for (const [key, value] of new URLSearchParams(querystring)) {
    const before = parameters.get(key);
    if (Array.isArray(before)) before.push(value);
    else parameters.set(key, before === undefined ? value : [before, value]);
  }
  return Object.fromEntries(parameters);
}

const NOTHING: Output = { faults: [] };

function readQuery(schema: AnyObjectSchema | undefined, query: object): Promise<Output> | Output {
  // Most requests have none.
  if (schema === undefined && Object.keys(query).length === 0) return { value: {}, faults: [] };
  return read(schema ?? NO_PARAMETERS, { in: "query", value: { ...query } });
}

interface Input {
  readonly in: FieldFault["in"];
  readonly value: unknown;
}

interface Output {
  readonly value?: unknown;
  readonly faults: readonly FieldFault[];
}

async function read(schema: AnyObjectSchema | undefined, input: Input): Promise<Output> {
  if (schema === undefined) return NOTHING;
  const faults = [...unknownKeys(schema, input), ...repeatedParameters(input)];
  if (faults.length > 0) return { faults };
  try {
    const value: unknown = await schema.validate(input.value, {
      strict: input.in === "body",
      stripUnknown: input.in === "header",
      abortEarly: false,
      disableStackTrace: true,
    });
    return { value, faults: [] };
  } catch (error) {
    if (!ValidationError.isError(error)) throw error;
    return { faults: faultsOf(error, input.in) };
  }
}

/** yup would drop unknown query parameters silently, and name all unknown keys of a body in one fault without a pointer. */
function unknownKeys(schema: AnyObjectSchema, { in: part, value }: Input): FieldFault[] {
  if (part === "path" || part === "header" || Array.isArray(value)) return [];
  return Object.keys(value ?? {})
    .filter((key) => !Object.hasOwn(schema.fields, key))
    .map((key) => ({ in: part, pointer: pointerTo(part, [key]), detail: `${key} is unknown` }));
}

function repeatedParameters({ in: part, value }: Input): FieldFault[] {
  if (part !== "query") return [];
  return Object.entries(value ?? {})
    .filter(([, given]) => Array.isArray(given))
    .map(([key]) => ({ in: part, pointer: key, detail: `${key} is given more than once` }));
}

function faultsOf(error: ValidationError, part: FieldFault["in"]): FieldFault[] {
  const faults = error.inner.length > 0 ? error.inner : [error];
  return faults.map((fault) => {
    const path = fault.path ?? "";
    const keys = path === "" ? [] : path.replace(/\[(\d+)\]/g, ".$1").split(".");
    return { in: part, pointer: pointerTo(part, keys), detail: detailOf(fault) };
  });
}

/** yup's own sentence about a wrong type repeats the value, which may be a password. */
function detailOf({ type, path, params, message }: ValidationError): string {
  if (type !== "typeError") return message;
  const expected = typeof params?.["type"] === "string" ? params["type"] : "object";
  return `${path === undefined || path === "" ? "The body" : path} must be of type ${expected}`;
}

/** RFC 6901 for a body; elsewhere the name of the parameter or field. */
function pointerTo(part: FieldFault["in"], keys: readonly string[]): string {
  if (part === "header")
    return keys.join(".").replace(/\b[a-z]/g, (letter) => letter.toUpperCase());
  if (part !== "body") return keys.join(".");
  return jsonPointer(keys);
}
