import { object, string } from "yup";
import type { StoredAnswer } from "../../common/idempotency/entry.js";
import type { Published } from "../../common/uploads/upload.js";
import { presentFile } from "../files/present.js";
import { readWriteCondition } from "../files/write-condition.js";
import { allow } from "../http/allow.js";
import { declaredLength, expectsContinue, receiveBody } from "../http/body.js";
import { readDigestClaims } from "../http/digest-fields.js";
import { expects } from "../http/expects.js";
import { claimedMediaType } from "../http/media-type.js";
import { apiBase, Routes } from "../http/route.js";
import { readRequestKey, sendAnswer, type UploadDeps, uploadQuery } from "./answer.js";

const putFile = {
  query: object({ ...uploadQuery, name: string().defined("${path} is required") }),
};

/** One file as a raw body. */
export function putRoutes({ access, requests, limits }: UploadDeps): Routes {
  return new Routes().put("/files", allow("files:write"), expects(putFile), async (ctx) => {
    const { actor } = ctx.state;
    const { folderId, name, onConflict } = ctx.state.request.query;
    const claims = readDigestClaims(ctx.req);
    const intent = {
      name,
      onConflict,
      condition: readWriteCondition(ctx.req.headers),
      claimedType: claimedMediaType(ctx.get("Content-Type")),
      expectedBytes: declaredLength(ctx.req),
      expectsContinue: expectsContinue(ctx.req),
    };
    const place = await access.place(actor, folderId);
    const request = await requests.begin(actor, readRequestKey(ctx));
    try {
      const upload = await request.admit(place, intent);
      await upload.receive(receiveBody(ctx.req, ctx.res, limits.pace), claims);
      const answer = request.findAnswer() ?? answerOf(await upload.publish(), apiBase(ctx));
      await request.finish(answer);
      sendAnswer(ctx, answer);
    } catch (error) {
      await request.release();
      throw error;
    }
  });
}

function answerOf({ file, isNewFile }: Published, base: string): StoredAnswer {
  const presented = presentFile(file, base);
  const body = JSON.stringify(presented);
  if (!isNewFile) return { status: 200, location: null, body };
  return { status: 201, location: presented.links.content, body };
}
