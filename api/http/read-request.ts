import type { Context } from "koa";
import { type AnyObjectSchema, type InferType, object, ValidationError } from "yup";
import {
  type FieldFault,
  InvalidRequestError,
  NotFoundError,
} from "../../common/platform/errors.js";

/** What a request may look like; a part that is missing here is not read, and without `query` no parameter may be given. */
export interface RequestSchema {
  readonly params?: AnyObjectSchema;
  readonly query?: AnyObjectSchema;
  readonly body?: AnyObjectSchema;
}

type PartOf<S extends RequestSchema, K extends keyof RequestSchema> = S[K] extends AnyObjectSchema
  ? InferType<S[K]>
  : undefined;

/** What {@link readRequest} found, typed by the schema. */
export interface ReadRequest<S extends RequestSchema> {
  readonly params: PartOf<S, "params">;
  readonly query: PartOf<S, "query">;
  readonly body: PartOf<S, "body">;
}

/** A request can be wrong in so many places that nobody reads them all. */
const MAX_FAULTS = 20;

const NO_PARAMETERS: AnyObjectSchema = object().shape({});

/**
 * Checks a request against a schema, and gives its parts the schema's types. Keys that the schema does not know are refused.
 * A body is taken as it is: nothing is converted. Query parameters are text until their schema's own transform makes
 * something else of them, and may not be repeated.
 *
 * @throws {@link NotFoundError} when a path parameter cannot be that of anything.
 * @throws {@link InvalidRequestError} with all faults of query and body, at most 20.
 */
export async function readRequest<S extends RequestSchema>(
  ctx: Pick<Context, "query"> & { params?: unknown; request: { body?: unknown } },
  schema: S,
): Promise<ReadRequest<S>> {
  const params = await read(schema.params, { in: "path", value: ctx.params });
  if (params.faults.length > 0) throw new NotFoundError();

  const query = await readQuery(schema.query, ctx.query);
  const body = await read(schema.body, { in: "body", value: ctx.request.body ?? null });
  const faults = [...query.faults, ...body.faults];
  if (faults.length > 0) throw new InvalidRequestError(faults.slice(0, MAX_FAULTS));

  // Each part was checked against the very schema that this type is inferred from.
  return { params: params.value, query: query.value, body: body.value } as ReadRequest<S>;
}

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
  if (schema === undefined) return { faults: [] };
  const faults = [...unknownKeys(schema, input), ...repeatedParameters(input)];
  if (faults.length > 0) return { faults };
  try {
    const value: unknown = await schema.validate(input.value, {
      strict: input.in === "body",
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
  if (part === "path" || Array.isArray(value)) return [];
  return Object.keys(value ?? {})
    .filter((key) => !Object.hasOwn(schema.fields, key))
    .map((key) => ({ in: part, pointer: pointerTo(part, [key]), detail: `${key} is not known` }));
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

/** RFC 6901 for a body; elsewhere the name of the parameter. */
function pointerTo(part: FieldFault["in"], keys: readonly string[]): string {
  if (part !== "body") return keys.join(".");
  return keys.map((key) => `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
