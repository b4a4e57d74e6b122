import type { IncomingMessage } from "node:http";
import type Koa from "koa";
import { object } from "yup";
import type { StoredAnswer } from "../../common/idempotency/entry.js";
import { ContentTooLargeError } from "../../common/platform/errors.js";
import { presentFile } from "../files/present.js";
import { readWriteCondition } from "../files/write-condition.js";
import { type ActorContext, allow } from "../http/allow.js";
import { declaredLength, receiveBody } from "../http/body.js";
import type { Context } from "../http/door.js";
import { type CheckedRequest, expects } from "../http/expects.js";
import { readMultipart } from "../http/multipart.js";
import { type ProblemBody, toProblem } from "../http/problem.js";
import { apiBase, Routes } from "../http/route.js";
import { readRequestKey, sendAnswer, type UploadDeps, uploadQuery } from "./answer.js";
import { DrainBudget, type ReceivedFile, receiveFiles } from "./form-files.js";
import type { UploadLimits } from "./limits.js";

const MAX_FIELDS = 100;
const FORM_OVERHEAD_BYTES = 1024 ** 2;

const postForm = { query: object(uploadQuery) };

type FormContext = ActorContext<{ request: CheckedRequest<typeof postForm> }>;

/** A form with any number of files. */
export function formRoutes(deps: UploadDeps): Routes {
  return new Routes()
    .post("/upload", allow("files:write"), expects(postForm), (ctx) => takeForm(ctx, deps))
    .post("/files", allow("files:write"), expects(postForm), (ctx) => takeForm(ctx, deps));
}

/** Receives all of the form before it publishes the first file. */
async function takeForm(ctx: FormContext, { access, requests, limits }: UploadDeps): Promise<void> {
  const { actor } = ctx.state;
  const { folderId, onConflict } = ctx.state.request.query;
  const condition = readWriteCondition(ctx.req.headers);
  refuseEndlessForm(ctx.req, limits);
  const place = await access.place(actor, folderId);
  const request = await requests.begin(actor, readRequestKey(ctx));
  try {
    const budget = new DrainBudget();
    const parts = partsOf(ctx, limits, budget);
    const files = await receiveFiles(parts, { request, place, onConflict, condition, budget });
    const answer = request.findAnswer() ?? (await publishFiles(ctx, files));
    // After a mixed result, the same request tries the refused files again.
    await (answer.status === 207 ? request.release() : request.finish(answer));
    sendAnswer(ctx, answer);
  } catch (error) {
    await request.release();
    throw error;
  }
}

/** Refuses a form that is longer than all its files may be together, before its body is read. */
function refuseEndlessForm(req: IncomingMessage, { maxFileBytes, maxFiles }: UploadLimits): void {
  const mostBytes = maxFileBytes * maxFiles + FORM_OVERHEAD_BYTES;
  if ((declaredLength(req) ?? 0) > mostBytes) throw new ContentTooLargeError(maxFileBytes);
}

function partsOf(ctx: Koa.Context, limits: UploadLimits, budget: DrainBudget) {
  return readMultipart(budget.meter(receiveBody(ctx.req, ctx.res, limits.pace)), {
    contentType: ctx.get("Content-Type"),
    maxFiles: limits.maxFiles,
    maxFields: MAX_FIELDS,
    maxFieldBytes: limits.maxFieldBytes,
  });
}

/** The result of one file. */
type FormItem =
  | { readonly status: 200 | 201; readonly file: ReturnType<typeof presentFile> }
  | { readonly status: number; readonly problem: ProblemBody };

/**
 * Publishes the files of a complete form, and answers for each: 201 when all are stored, else 207. A refused file that is the only
 * one refuses the request.
 */
async function publishFiles(ctx: Context, files: readonly ReceivedFile[]): Promise<StoredAnswer> {
  const items: FormItem[] = [];
  for (const file of files) {
    try {
      items.push(await publishFile(ctx, file));
    } catch (error) {
      if (files.length === 1) throw error;
      items.push(refusedItem(ctx, error));
    }
  }
  const status = items.every((item) => "file" in item) ? 201 : 207;
  return { status, location: null, body: JSON.stringify({ items }) };
}

async function publishFile(ctx: Context, received: ReceivedFile): Promise<FormItem> {
  if ("refusal" in received) throw received.refusal;
  const { file, isNewFile } = await received.upload.publish();
  return { status: isNewFile ? 201 : 200, file: presentFile(file, apiBase(ctx)) };
}

function refusedItem(ctx: Context, error: unknown): FormItem {
  const { requestId, log } = ctx.state;
  const { status, body } = toProblem(error, requestId);
  if (status === 500) log.error({ err: error }, "A file of a form was not published");
  return { status, problem: body };
}
