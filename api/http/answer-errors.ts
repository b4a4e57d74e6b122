import { isNativeError } from "node:util/types";
import type Koa from "koa";
import { AppError, type ErrorCode, NotFoundError } from "../../common/platform/errors.js";
import { bearerChallenge, isBearer } from "./authorization.js";
import type { Context, ErrorPresenter, RequestState } from "./door.js";
import { MethodNotAllowedError } from "./errors.js";
import { PROBLEM_TYPE, type Problem, toProblem } from "./problem.js";

/** Header fields of an answer that is not given after all. */
const REPRESENTATION =
  /^(?:content-(?!security-policy$).*|etag|last-modified|accept-ranges|location|link)$/;

/** RFC 9457, for programs. */
export const problemJson: ErrorPresenter = {
  present: ({ body }) => ({ type: PROBLEM_TYPE, body: JSON.stringify(body) }),
};

/**
 * Answers every error in the form that the request's door has for its clients, also when no route took the request: 404, or 405
 * with `Allow` where the path takes other methods. After the first byte of an answer, the connection is cut, so that no client
 * takes the answer for whole.
 */
export const answerErrors: Koa.Middleware<RequestState> = async (ctx, next) => {
  try {
    await next();
    refuseUnrouted(ctx);
  } catch (error) {
    logFailure(ctx.state, error);
    if (ctx.res.headersSent) ctx.res.destroy();
    else answer(ctx, error);
  }
};

function answer(ctx: Context, error: unknown): void {
  const problem = toProblem(error, ctx.state.requestId);
  const { type, body, vary, headers } = ctx.state.door.errors.present(problem, ctx);
  for (const name of ctx.res.getHeaderNames()) {
    if (REPRESENTATION.test(name)) ctx.remove(name);
  }
  challenge(ctx, problem);
  ctx.state.problemCode = problem.body.code;
  ctx.status = problem.status;
  // There may be others already, such as Origin.
  if (vary !== undefined) ctx.vary(vary);
  ctx.set({ ...problem.headers, ...headers, "Cache-Control": "no-store", "Content-Type": type });
  ctx.body = body;
}

/**
 * RFC 9110 §15.5.2: 401 names each way to sign in, unless the route has one of its own. RFC 6750 §3.1: what is wrong with bearer credentials is
 * named too.
 */
function challenge(ctx: Context, { status, body }: Problem): void {
  if (ctx.res.hasHeader("WWW-Authenticate")) return;
  const { code, detail, scope } = body;
  if (code === "invalid-token") {
    ctx.set(
      "WWW-Authenticate",
      bearerChallenge({ error: "invalid_token", error_description: detail }),
    );
  } else if (code === "insufficient-scope" && isBearer(ctx.req.headers)) {
    ctx.set(
      "WWW-Authenticate",
      bearerChallenge({ error: "insufficient_scope", scope: String(scope) }),
    );
  } else if (status === 401) {
    const challenges = ctx.state.door.credentials.map((credential) => credential.challenge);
    ctx.set("WWW-Authenticate", [...new Set(challenges)]);
  }
}

/** Errors with a code that the operator must know of. */
const OUR_FAILURES: ReadonlySet<ErrorCode> = new Set(["damaged-content", "encryption-key-missing"]);

/** A refusal is in the request's own line; a failure of ours is logged with its stack. */
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

/** The methods of the routes whose path matches, as `@koa/router` notes them. */
function methodsOf(ctx: object): string[] {
  const layers = "matched" in ctx && Array.isArray(ctx.matched) ? (ctx.matched as Layer[]) : [];
  return [...new Set(layers.flatMap(({ methods }) => methods))].sort();
}

interface Layer {
  readonly methods: readonly string[];
}
