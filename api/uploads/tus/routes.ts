import type Koa from "koa";
import { object } from "yup";
import type { Access } from "../../../common/access/service.js";
import type { Concatenation } from "../../../common/uploads/resumable/concatenation.js";
import type { ResumableUploads } from "../../../common/uploads/resumable/service.js";
import { type ActorContext, allow, anyone } from "../../http/allow.js";
import { MethodNotAllowedError, UnsupportedMediaTypeError } from "../../http/errors.js";
import { expects } from "../../http/expects.js";
import { id } from "../../http/fields.js";
import { apiBase, Routes } from "../../http/route.js";
import type { UploadLimits } from "../limits.js";
import { CHECKSUM_ALGORITHMS } from "./checksum.js";
import { newUploadIntent, readParts } from "./concat.js";
import { answerTus } from "./exchange.js";
import { UnsupportedTusVersionError } from "./refusals.js";
import { EXTENSIONS } from "./store.js";

const VERSION = "1.0.0";
const METHODS = ["DELETE", "HEAD", "PATCH"];

interface Deps {
  readonly access: Access;
  readonly uploads: ResumableUploads;
  readonly concatenation: Concatenation;
  readonly limits: UploadLimits;
}

type Context = ActorContext<{ request: { params: { id: string } } }>;

/** The door for content that comes in pieces: tus 1.0 (https://tus.io/protocols/resumable-upload). */
export function tusRoutes({ access, uploads, concatenation, limits }: Deps): Routes {
  const onUpload = async (ctx: Context): Promise<void> => {
    const { params } = ctx.state.request;
    const method = methodOf(ctx);
    if (method === "PATCH") refuseOtherTypes(ctx);
    await answerTus(ctx, { access, uploads, limits }, { method, id: params.id });
  };
  return new Routes()
    .options("/uploads", anyone, describe(limits))
    .options("/uploads/:id", anyone, describe(limits))
    .post("/uploads", allow("files:write"), speakTus, async (ctx) => {
      const partIds = readParts(ctx);
      if (partIds === undefined) {
        await answerTus(ctx, { access, uploads, limits }, { method: "POST" });
        return;
      }
      const { uploadId, fileId } = await concatenation.run(
        await access.place(ctx.state.actor, "root"),
        newUploadIntent(ctx),
        partIds,
      );
      ctx.set("Location", `${apiBase(ctx)}/uploads/${uploadId}`);
      ctx.set("Content-Location", `${apiBase(ctx)}/files/${fileId}/metadata`);
      ctx.status = 201;
      ctx.body = "";
      ctx.remove("Content-Type");
    })
    .head("/uploads/:id", allow("files:write"), speakTus, expects(oneUpload), (ctx) =>
      onUpload(ctx),
    )
    .patch("/uploads/:id", allow("files:write"), speakTus, expects(oneUpload), (ctx) =>
      onUpload(ctx),
    )
    .post("/uploads/:id", allow("files:write"), speakTus, expects(oneUpload), (ctx) =>
      onUpload(ctx),
    )
    .delete("/uploads/:id", allow("files:write"), speakTus, expects(oneUpload), (ctx) =>
      onUpload(ctx),
    );
}

const oneUpload = { params: object({ id }) };

/** What a client may ask before it knows anything else. */
const describe =
  ({ maxFileBytes }: UploadLimits) =>
  (ctx: Koa.Context): void => {
    ctx.set({
      "Tus-Resumable": VERSION,
      "Tus-Version": VERSION,
      "Tus-Extension": EXTENSIONS.join(","),
      "Tus-Checksum-Algorithm": CHECKSUM_ALGORITHMS.join(","),
      "Tus-Max-Size": String(maxFileBytes),
    });
    ctx.status = 204;
  };

/** @throws UnsupportedTusVersionError */
async function speakTus(ctx: Koa.Context, next: Koa.Next): Promise<void> {
  ctx.set("Tus-Resumable", VERSION);
  if (ctx.get("Tus-Resumable") !== VERSION) {
    ctx.set("Tus-Version", VERSION);
    throw new UnsupportedTusVersionError();
  }
  await next();
}

/** A client behind a proxy that knows no PATCH sends POST, and says what it means. @throws MethodNotAllowedError */
function methodOf(ctx: Koa.Context): string {
  if (ctx.method !== "POST") return ctx.method;
  const method = ctx.get("X-HTTP-Method-Override").toUpperCase();
  if (METHODS.includes(method)) return method;
  throw new MethodNotAllowedError(METHODS);
}

/** @throws UnsupportedMediaTypeError */
function refuseOtherTypes(ctx: Koa.Context): void {
  if (ctx.get("Content-Type") === "application/offset+octet-stream") return;
  throw new UnsupportedMediaTypeError("Pieces are sent as application/offset+octet-stream");
}
