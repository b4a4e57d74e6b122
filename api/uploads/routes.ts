import type { IncomingMessage } from "node:http";
import Router from "@koa/router";
import type Koa from "koa";
import { ContentTooLargeError } from "../../common/uploads/errors.js";
import type { Uploads } from "../../common/uploads/service.js";
import { presentFile } from "../files/present.js";
import { apiBase } from "../http/api-base.js";
import { type BodyPace, declaredLength, receiveBody } from "../http/body.js";
import { EXACT_PATHS } from "../http/exact-paths.js";
import { claimedMediaType } from "../http/media-type.js";
import { readMultipart } from "../http/multipart.js";
import { readRequest } from "../http/read-request.js";
import type { AuthState } from "../middleware/authenticate.js";
import { DrainBudget } from "./drain-budget.js";
import { publishForm } from "./publish-form.js";
import { receiveForm } from "./receive-form.js";
import { uploadForm, uploadRaw } from "./schema.js";

const MAX_FIELDS = 100;
const FORM_OVERHEAD_BYTES = 1024 ** 2;

/** How much one request may bring, and how slowly. */
export interface UploadLimits {
  readonly pace: BodyPace;
  readonly maxFileBytes: number;
  readonly maxFiles: number;
  readonly maxFieldBytes: number;
}

interface Deps {
  readonly uploads: Uploads;
  readonly limits: UploadLimits;
  readonly authenticate: Koa.Middleware<AuthState>;
}

/** The two doors for new content: forms of any number of files, and one file as a raw body. */
export function uploadRoutes({ uploads, limits, authenticate }: Deps): Router {
  const receiveFiles = async (ctx: Koa.ParameterizedContext<AuthState>) => {
    const { query } = await readRequest(ctx, uploadForm);
    refuseEndlessForm(ctx.req, limits);
    const budget = new DrainBudget();
    const parts = readMultipart(budget.meter(receiveBody(ctx.req, ctx.res, limits.pace)), {
      contentType: ctx.get("Content-Type"),
      maxFiles: limits.maxFiles,
      maxFields: MAX_FIELDS,
      maxFieldBytes: limits.maxFieldBytes,
    });
    const { onConflict } = query;
    const received = await receiveForm({
      parts,
      budget,
      begin: (intent) => uploads.begin(ctx.state.actor, { ...intent, onConflict }),
    });
    await publishForm(ctx, received);
  };

  return new Router(EXACT_PATHS)
    .post("/upload", authenticate, receiveFiles)
    .post("/files", authenticate, receiveFiles)
    .put("/files", authenticate, async (ctx) => {
      const { query } = await readRequest(ctx, uploadRaw);
      const upload = await uploads.begin(ctx.state.actor, {
        ...query,
        claimedType: claimedMediaType(ctx.get("Content-Type")),
        expectedBytes: declaredLength(ctx.req),
      });
      await upload.receive(receiveBody(ctx.req, ctx.res, limits.pace));
      const { file, isNewFile } = await upload.publish();
      const body = presentFile(file, apiBase(ctx));
      ctx.status = isNewFile ? 201 : 200;
      if (isNewFile) ctx.set("Location", body.links.content);
      ctx.body = body;
    });
}

/** A form that is longer than all its files may be together is refused before its body moves. */
function refuseEndlessForm(req: IncomingMessage, { maxFileBytes, maxFiles }: UploadLimits): void {
  const mostBytes = maxFileBytes * maxFiles + FORM_OVERHEAD_BYTES;
  if ((declaredLength(req) ?? 0) > mostBytes) throw new ContentTooLargeError(maxFileBytes);
}
