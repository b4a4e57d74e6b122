import { isNativeError } from "node:util/types";
import type Koa from "koa";
import { AppError, type ErrorCode, NotFoundError } from "../../common/platform/errors.js";
import { MethodNotAllowedError } from "../http/errors.js";
import { PROBLEM_TYPE, toProblem } from "../http/problem.js";
import type { RequestState } from "./request-context.js";

type Context = Koa.ParameterizedContext<RequestState>;

/** What describes an answer that is not given after all. */
const REPRESENTATION =
  /^(?:content-(?!security-policy$).*|etag|last-modified|accept-ranges|location|link)$/;

interface Options {
  /** Says in our words what the parts below threw in theirs (a driver's "not connected"); other errors come back as they are. */
  readonly translate?: (error: unknown) => unknown;
}

/**
 * Turns every error into a problem (RFC 9457), and so a request that no route took: 404, or 405 with `Allow` where the path
 * takes other methods. After the first byte of an answer all that is left is to cut it, so that no client takes it for whole.
 */
export function answerProblems({
  translate = (error) => error,
}: Options = {}): Koa.Middleware<RequestState> {
  return async (ctx, next) => {
    try {
      await next();
      refuseUnrouted(ctx);
    } catch (thrown) {
      const error = translate(thrown);
      logFailure(ctx.state, error);
      if (ctx.res.headersSent) ctx.res.destroy();
      else answer(ctx, error);
    }
  };
}

function answer(ctx: Context, error: unknown): void {
  const problem = toProblem(error, ctx.state.requestId);
  for (const name of ctx.res.getHeaderNames()) {
    if (REPRESENTATION.test(name)) ctx.remove(name);
  }
  ctx.state.problemCode = problem.body.code;
  ctx.status = problem.status;
  ctx.set({ ...problem.headers, "Cache-Control": "no-store", "Content-Type": PROBLEM_TYPE });
  ctx.body = JSON.stringify(problem.body);
}

/** What the operator must hear of, although it has a code. */
const OUR_FAILURES: ReadonlySet<ErrorCode> = new Set(["damaged-content", "encryption-key-missing"]);

/** A refusal is the client's business and stands in the request's own line; a failure of ours is told with its stack. */
function logFailure({ log }: RequestState, error: unknown): void {
  const isRefusal = error instanceof AppError && !OUR_FAILURES.has(error.code);
  if (!isRefusal) log.error({ error: describe(error) }, "Failed");
  else if (error.cause !== undefined) log.warn({ cause: describe(error.cause) }, error.message);
}

/** All fields of our own errors; of others those that cannot hold a request's content, for some parsers hang the body on theirs. */
function describe(error: unknown): object {
  if (!isNativeError(error)) return { message: String(error) };
  const { name, message, stack, cause } = error;
  const ownFields = error instanceof AppError ? error : {};
  return { ...ownFields, name, message, stack, cause: cause && describe(cause) };
}

function refuseUnrouted(ctx: Context): void {
  const isAnswered = ctx.status !== 404 || Boolean(ctx.body) || ctx.res.headersSent;
  if (isAnswered) return;
  const allow = methodsOf(ctx);
  if (allow.length === 0) throw new NotFoundError("path");
  throw new MethodNotAllowedError(allow);
}

/** The methods of the routes whose path fits, as `@koa/router` notes them. */
function methodsOf(ctx: object): string[] {
  const layers = "matched" in ctx && Array.isArray(ctx.matched) ? (ctx.matched as Layer[]) : [];
  return [...new Set(layers.flatMap(({ methods }) => methods))].sort();
}

interface Layer {
  readonly methods: readonly string[];
}
