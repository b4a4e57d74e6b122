import type { Context } from "koa";
import { HttpMethodEnum as METHOD, koaBody } from "koa-body";
import { sendContinue } from "./body.js";
import { checkContentFields } from "./content-fields.js";
import {
  BodyTooLargeError,
  IncompleteBodyError,
  MalformedBodyError,
  NoBodyError,
  RequestTimeoutError,
  UnsupportedMediaTypeError,
} from "./errors.js";
import type { JsonReader } from "./door.js";
import { charsetOf } from "./field-parameters.js";

const JSON_TYPE = "application/json";
/** RFC 7396: of a PATCH it says what `application/json` leaves open. */
const MERGE_PATCH_TYPE = "application/merge-patch+json";
const MAX_DEPTH = 32;
const REPLACEMENT_CHARACTER = "\uFFFD";

interface Options {
  /** The largest body, in bytes. */
  readonly maxBytes: number;
  /** How long the whole body may take to arrive, in milliseconds; 30 s by default. */
  readonly timeoutMs?: number;
}

/**
 * Makes a function that reads and parses a request's body: `application/json` (of a PATCH also
 * `application/merge-patch+json`) only, in UTF-8, an object or an array, at most 32
 * levels deep. A byte order mark is ignored, and of equal keys the last one counts (RFC 8259 leaves both open). Keys that begin
 * with two underscores are refused: JavaScript and libraries give them a meaning. No other body is ever touched.
 *
 * The function throws
 * - {@link UnsupportedMediaTypeError} for another media type or charset, and what {@link checkContentFields} throws: nothing is inflated;
 * - {@link BodyTooLargeError} as soon as the body has, or announces, more than `maxBytes`, or than a route allows that takes more;
 * - {@link MalformedBodyError} for everything that is not such JSON, as {@link NoBodyError} for an empty body;
 * - {@link RequestTimeoutError} when the body has not arrived in time, and {@link IncompleteBodyError} when it never will.
 */
export function jsonReader({ maxBytes: usualBytes, timeoutMs = 30_000 }: Options): JsonReader {
  const parse = parserOf(usualBytes);
  return async (ctx, largestBytes = 0) => {
    checkContentFields(ctx.req.headers);
    // What is left says that nothing was done to the content; the parser does not know it in all its forms.
    delete ctx.req.headers["content-encoding"];
    const accepted = ctx.method === "PATCH" ? [JSON_TYPE, MERGE_PATCH_TYPE] : [JSON_TYPE];
    const type = ctx.is(accepted);
    if (type === null) throw new NoBodyError();
    if (type === false || charsetOf(ctx.get("Content-Type"), "utf-8") !== "utf-8") {
      throw new UnsupportedMediaTypeError(`Send a body of type ${accepted.join(" or ")}, in UTF-8`);
    }
    sendContinue(ctx.req, ctx.res);
    await within(timeoutMs, (largestBytes > usualBytes ? parserOf(largestBytes) : parse)(ctx));
    checkBody(ctx.request);
    return ctx.request.body;
  };
}

function parserOf(maxBytes: number): (ctx: Context) => Promise<void> {
  const read = koaBody({
    parsedMethods: [METHOD.DELETE, METHOD.PATCH, METHOD.POST, METHOD.PUT],
    json: true,
    jsonTypes: [JSON_TYPE, MERGE_PATCH_TYPE],
    jsonLimit: maxBytes,
    jsonStrict: true,
    includeUnparsed: true,
    multipart: false,
    urlencoded: false,
    text: false,
    onError: (error) => {
      throw translate(error, maxBytes);
    },
  });
  return async (ctx) => {
    await read(ctx, () => Promise.resolve());
  };
}

/**
 * What body-parser libraries say, by the HTTP status and the type that they attach. Their errors are not kept as causes, to
 * be logged: they quote the body, in which there may be a password.
 */
function translate(error: Error & { status?: unknown; type?: unknown }, maxBytes: number): Error {
  if (error.status === 413) return new BodyTooLargeError(maxBytes);
  if (error.type === "request.aborted") return new IncompleteBodyError();
  if (error.status === 400)
    return new MalformedBodyError(
      "The body is not a JSON object or array, or has a key that is not allowed, such as __proto__",
    );
  return error;
}

/** The parser has no sense of time: what it reads too long is left to it, and ends with the connection. */
async function within(timeoutMs: number, reading: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new RequestTimeoutError());
    }, timeoutMs);
  });
  try {
    await Promise.race([reading, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/** What the parser lets pass. */
function checkBody({ body, rawBody }: Context["request"] & { rawBody?: string }): void {
  if (rawBody === "") throw new NoBodyError();
  // The parser has put this character where the bytes were no UTF-8. Who means it can write \ufffd.
  if (rawBody?.includes(REPLACEMENT_CHARACTER)) {
    throw new MalformedBodyError("The body is not in UTF-8");
  }
  let level = containers([body]);
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH)
      throw new MalformedBodyError(`The body is nested more than ${MAX_DEPTH} levels deep`);
    if (level.some((container) => Object.keys(container).some((key) => key.startsWith("__")))) {
      throw new MalformedBodyError("Keys of the body must not begin with two underscores");
    }
    level = level.flatMap((container) => containers(Object.values(container)));
  }
}

function containers(values: readonly unknown[]): object[] {
  return values.filter((value) => typeof value === "object" && value !== null);
}
