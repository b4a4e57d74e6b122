import type { Context } from "./door.js";
import { type ProblemBody, toProblem } from "./problem.js";

/** The result of one thing among many that a request does, which was refused alone. */
export interface RefusedItem {
  readonly status: number;
  readonly problem: ProblemBody;
}

/** @param message - What the log says beside an error that nobody expected. */
export function refusedItem(ctx: Context, error: unknown, message: string): RefusedItem {
  const { requestId, log } = ctx.state;
  const { status, body } = toProblem(error, requestId);
  if (status === 500) log.error({ err: error }, message);
  return { status, problem: body };
}
