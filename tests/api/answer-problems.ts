import type { Middleware } from "koa";
import { AppError, type ErrorCode } from "../../common/platform/errors.js";

const STATUS: Partial<Record<ErrorCode, number>> = {
  busy: 503,
  "content-too-large": 413,
  "invalid-credentials": 401,
  "invalid-request": 400,
  "malformed-body": 400,
  "not-found": 404,
  "request-timeout": 408,
  unauthenticated: 401,
  unavailable: 503,
  "unsupported-media-type": 415,
  "username-taken": 409,
};

/** Answers a refusal with its status, code and facts; what was not thrown on purpose is 500. */
export const answerProblems: Middleware = async (ctx, next) => {
  try {
    await next();
  } catch (error) {
    const code = error instanceof AppError ? error.code : "internal-error";
    ctx.status = STATUS[code] ?? 500;
    ctx.body = {
      code,
      detail: error instanceof AppError ? error.message : String(error),
      ...(error instanceof AppError ? error.facts : {}),
    };
  }
};
