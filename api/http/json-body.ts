import type { Context } from "koa";
import { koaBody } from "koa-body";
import { sendContinue } from "./body.js";
import {
  BodyTooLargeError,
  IncompleteBodyError,
  MalformedBodyError,
  RequestTimeoutError,
  UnsupportedMediaTypeError,
} from "./errors.js";

const JSON_TYPE = "application/json";
const MAX_DEPTH = 32;
const REPLACEMENT_CHARACTER = "\uFFFD";

interface Options {
  /** The largest body, in bytes. */
  readonly maxBytes: number;
  /** How long the whole body may take to arrive, in milliseconds; 30 s by default. */
  readonly timeoutMs?: number;
}

/**
 * Makes a function that reads and parses a request's body: `application/json` only, in UTF-8, an object or an array, at most 32
 * levels deep. A byte order mark is ignored, and of equal keys the last one counts (RFC 8259 leaves both open). Keys that begin
 * with two underscores are refused: JavaScript and libraries give them a meaning. No other body is ever touched.
 *
 * The function throws
 * - {@link UnsupportedMediaTypeError} for another media type, and for a `Content-Encoding`: nothing is inflated;
 * - {@link BodyTooLargeError} as soon as the body has, or announces, more than `maxBytes`;
 * - {@link MalformedBodyError} for everything that is not such JSON, an empty body included;
 * - {@link RequestTimeoutError} when the body has not arrived in time, and {@link IncompleteBodyError} when it never will.
 */
export function jsonReader({ maxBytes, timeoutMs = 30_000 }: Options) {
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
  const parse = async (ctx: Context): Promise<void> => {
    await read(ctx, () => Promise.resolve());
  };
  return async (ctx: Context): Promise<unknown> => {
    const encoding = ctx.get("Content-Encoding");
    if (encoding !== "" && encoding !== "identity") throw unsupported();
    const type = ctx.is(JSON_TYPE);
    if (type === null) throw noBody();
    if (type === false) throw unsupported();
    sendContinue(ctx.req, ctx.res);
    await within(timeoutMs, parse(ctx));
    checkBody(ctx.request);
    return ctx.request.body;
  };
}

const unsupported = () =>
  new UnsupportedMediaTypeError(`Send a body of type ${JSON_TYPE}, without Content-Encoding`);

const noBody = () => new MalformedBodyError("The request has no body");

/**
 * What body-parser libraries say, by the HTTP status and the type that they attach. Their errors are not kept as causes, to
 * be logged: they quote the body, in which there may be a password.
 */
function translate(error: Error & { status?: unknown; type?: unknown }, maxBytes: number): Error {
  if (error.status === 413) return new BodyTooLargeError(maxBytes);
  if (error.type === "request.aborted") return new IncompleteBodyError();
  if (error.status === 400) return new MalformedBodyError("The body is not a JSON object or array");
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
  if (rawBody === "") throw noBody();
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
