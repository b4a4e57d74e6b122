import type { Context, Middleware } from "koa";
import { koaBody } from "koa-body";
import { AppError } from "../../common/platform/errors.js";

const JSON_TYPE = "application/json";
const MAX_DEPTH = 32;
const REPLACEMENT_CHARACTER = "\uFFFD";

/** The body is not what its type says. */
export class MalformedBodyError extends AppError {
  readonly code = "malformed-body";
}

/** The body is larger than this route takes. */
export class BodyTooLargeError extends AppError {
  readonly code = "content-too-large";
  constructor(limitBytes: number) {
    super(`The body may have at most ${limitBytes} bytes`, { limitBytes });
  }
}

/** The body's type or encoding is none that this route takes. */
export class UnsupportedMediaTypeError extends AppError {
  readonly code = "unsupported-media-type";
  constructor(supported: string) {
    super(`This needs a body of type ${supported}, not encoded`, { supported });
  }
}

/**
 * Reads a body of JSON into `ctx.request.body`: `application/json` only, in UTF-8, an object or an array, at most 32 levels
 * deep. A byte order mark is ignored and of equal keys the last one counts (both RFC 8259 leaves open). Keys that begin with
 * two underscores are refused: to JavaScript and to libraries they are more than data. Mounted per route, so that no other
 * body is ever touched.
 *
 * @throws {@link UnsupportedMediaTypeError} for another media type, and for a `Content-Encoding`: nothing is inflated.
 * @throws {@link BodyTooLargeError} as soon as the body has, or announces, more than `maxBytes`.
 * @throws {@link MalformedBodyError} for everything that is not such JSON, an empty body included.
 */
export function jsonBody({ maxBytes }: { maxBytes: number }): Middleware {
  const read = koaBody({
    json: true,
    jsonTypes: [JSON_TYPE],
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
  return async (ctx, next) => {
    const encoding = ctx.get("Content-Encoding");
    if (encoding !== "" && encoding !== "identity") throw new UnsupportedMediaTypeError(JSON_TYPE);
    const type = ctx.is(JSON_TYPE);
    if (type === null) throw new MalformedBodyError("There is no body");
    if (type === false) throw new UnsupportedMediaTypeError(JSON_TYPE);
    await read(ctx, async () => {
      checkBody(ctx.request);
      await next();
    });
  };
}

/** What body-parser libraries say, by the HTTP status that they attach. */
function translate(error: Error & { status?: unknown }, maxBytes: number): Error {
  if (error.status === 413) return new BodyTooLargeError(maxBytes);
  if (error.status === 400) {
    return new MalformedBodyError("The body is not a JSON object or array", {}, { cause: error });
  }
  return error;
}

/** What the parser lets pass. */
function checkBody({ body, rawBody }: Context["request"] & { rawBody?: string }): void {
  if (rawBody === "") throw new MalformedBodyError("There is no body");
  // The parser has put this character where the bytes were no UTF-8. Who means it can write \ufffd.
  if (rawBody?.includes(REPLACEMENT_CHARACTER)) {
    throw new MalformedBodyError("The body is not UTF-8");
  }
  let level = containers([body]);
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH)
      throw new MalformedBodyError(`The body is over ${MAX_DEPTH} levels deep`);
    if (level.some((container) => Object.keys(container).some((key) => key.startsWith("__")))) {
      throw new MalformedBodyError("Keys may not begin with two underscores");
    }
    level = level.flatMap((container) => containers(Object.values(container)));
  }
}

function containers(values: readonly unknown[]): object[] {
  return values.filter((value) => typeof value === "object" && value !== null);
}
