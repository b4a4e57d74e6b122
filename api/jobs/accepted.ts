import type { Context } from "koa";
import type { StoredAnswer } from "../../common/idempotency/entry.js";
import type { JobDoc } from "../../common/jobs/job.js";
import { apiBase } from "../http/route.js";
import { sendAnswer } from "../http/repeatable-request.js";
import { presentJob } from "./present.js";

/** The answer that a job was made, which the worker does. */
export function acceptedAnswer(made: JobDoc, base: string): StoredAnswer {
  const job = presentJob(made, base);
  return { status: 202, headers: { Location: job.links.job }, body: JSON.stringify(job) };
}

export function sendAccepted(ctx: Context, made: JobDoc): void {
  sendAnswer(ctx, acceptedAnswer(made, apiBase(ctx)));
}
