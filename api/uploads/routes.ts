import type { IdempotencyKeys } from "../../common/idempotency/service.js";
import type { Published } from "../../common/uploads/publisher.js";
import type { Uploads } from "../../common/uploads/service.js";
import { presentFile } from "../files/present.js";
import { readWriteCondition } from "../files/write-condition.js";
import { allow } from "../http/allow.js";
import { declaredLength, expectsContinue, receiveBody } from "../http/body.js";
import { expects } from "../http/expects.js";
import { claimedMediaType } from "../http/media-type.js";
import { apiBase, Routes } from "../http/route.js";
import { answerOnce, type UploadAnswer } from "./answer-once.js";
import { readDigestClaims } from "./claimed-digests.js";
import { receiveFiles } from "./form.js";
import type { UploadLimits } from "./limits.js";
import { uploadForm, uploadRaw } from "./schema.js";

interface Deps {
  readonly uploads: Uploads;
  readonly idempotencyKeys: IdempotencyKeys;
  readonly limits: UploadLimits;
}

/** The two doors for new content: forms of any number of files, and one file as a raw body. */
export function uploadRoutes({ limits, ...services }: Deps): Routes {
  const receiveForm = receiveFiles({ ...services, limits });
  return new Routes()
    .post("/upload", allow("files:write"), expects(uploadForm), (ctx) => receiveForm(ctx))
    .post("/files", allow("files:write"), expects(uploadForm), (ctx) => receiveForm(ctx))
    .put("/files", allow("files:write"), expects(uploadRaw), async (ctx) => {
      const { query } = ctx.state.request;
      const claims = readDigestClaims(ctx.req);
      const intent = {
        ...query,
        condition: readWriteCondition(ctx.req.headers),
        claimedType: claimedMediaType(ctx.get("Content-Type")),
        expectedBytes: declaredLength(ctx.req),
        expectsContinue: expectsContinue(ctx.req),
      };
      await answerOnce(ctx, services, {
        receive: async (begin) => {
          const upload = await begin(intent);
          await upload.receive(receiveBody(ctx.req, ctx.res, limits.pace), claims);
          return upload;
        },
        publish: async (upload) => presentPut(await upload.publish(), apiBase(ctx)),
      });
    });
}

function presentPut({ file, isNewFile }: Published, base: string): UploadAnswer {
  const body = presentFile(file, base);
  return isNewFile ? { status: 201, location: body.links.content, body } : { status: 200, body };
}
