import type { IncomingMessage } from "node:http";
import type Koa from "koa";
import { ContentTooLargeError } from "../../common/uploads/errors.js";
import type { IdempotencyKeys } from "../../common/idempotency/service.js";
import type { Uploads } from "../../common/uploads/service.js";
import { declaredLength, receiveBody } from "../http/body.js";
import { readWriteCondition } from "../files/write-condition.js";
import { readMultipart } from "../http/multipart.js";
import type { ActorContext } from "../http/allow.js";
import type { CheckedRequest } from "../http/expects.js";
import { answerOnce } from "./answer-once.js";
import { DrainBudget } from "./drain-budget.js";
import type { UploadLimits } from "./limits.js";
import { publishForm } from "./publish-form.js";
import { receiveForm } from "./receive-form.js";
import type { uploadForm } from "./schema.js";

const MAX_FIELDS = 100;
const FORM_OVERHEAD_BYTES = 1024 ** 2;

interface Deps {
  readonly uploads: Uploads;
  readonly idempotencyKeys: IdempotencyKeys;
  readonly limits: UploadLimits;
}

type FormContext = ActorContext<{ request: CheckedRequest<typeof uploadForm> }>;

/** Takes a form with any number of files: receives all of it, and only then shows what it brought. */
export function receiveFiles({ limits, ...services }: Deps) {
  return async (ctx: FormContext): Promise<void> => {
    const { query } = ctx.state.request;
    const conditions = { ...query, condition: readWriteCondition(ctx.req.headers) };
    refuseEndlessForm(ctx.req, limits);
    const budget = new DrainBudget();
    await answerOnce(ctx, services, {
      receive: (begin) =>
        receiveForm({
          parts: partsOf(ctx, limits, budget),
          budget,
          begin: (intent) => begin({ ...intent, ...conditions }),
        }),
      publish: (received) => publishForm(ctx, received),
    });
  };
}

function partsOf(ctx: Koa.Context, limits: UploadLimits, budget: DrainBudget) {
  return readMultipart(budget.meter(receiveBody(ctx.req, ctx.res, limits.pace)), {
    contentType: ctx.get("Content-Type"),
    maxFiles: limits.maxFiles,
    maxFields: MAX_FIELDS,
    maxFieldBytes: limits.maxFieldBytes,
  });
}

/** A form that is longer than all its files may be together is refused before its body moves. */
function refuseEndlessForm(req: IncomingMessage, { maxFileBytes, maxFiles }: UploadLimits): void {
  const mostBytes = maxFileBytes * maxFiles + FORM_OVERHEAD_BYTES;
  if ((declaredLength(req) ?? 0) > mostBytes) throw new ContentTooLargeError(maxFileBytes);
}
