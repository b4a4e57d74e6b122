import Router from "@koa/router";
import type Koa from "koa";
import { object } from "yup";
import type { Concatenation } from "../../../common/uploads/concatenation.js";
import type { ResumableUploads } from "../../../common/uploads/resumable-service.js";
import { apiBase } from "../../http/api-base.js";
import { MethodNotAllowedError, UnsupportedMediaTypeError } from "../../http/errors.js";
import { EXACT_PATHS } from "../../http/exact-paths.js";
import { id } from "../../http/fields.js";
import { readRequest } from "../../http/read-request.js";
import type { AuthState } from "../../middleware/authenticate.js";
import type { UploadLimits } from "../limits.js";
import { CHECKSUM_ALGORITHMS } from "./checksum.js";
import { newUploadIntent, readParts } from "./concat.js";
import { answerTus } from "./exchange.js";
import { UnsupportedTusVersionError } from "./refusals.js";
import { EXTENSIONS } from "./store.js";

const VERSION = "1.0.0";
const METHODS = ["DELETE", "HEAD", "PATCH"];

interface Deps {
  readonly uploads: ResumableUploads;
  readonly concatenation: Concatenation;
  readonly limits: UploadLimits;
  readonly authenticate: Koa.Middleware<AuthState>;
}

type Context = Koa.ParameterizedContext<AuthState>;

/** The door for content that comes in pieces: tus 1.0 (https://tus.io/protocols/resumable-upload). */
export function tusRoutes({ uploads, concatenation, limits, authenticate }: Deps): Router {
  const onUpload = async (ctx: Context): Promise<void> => {
    const { params } = await readRequest(ctx, oneUpload);
    const method = methodOf(ctx);
    if (method === "PATCH") refuseOtherTypes(ctx);
    await answerTus(ctx, { uploads, limits }, { method, id: params.id });
  };
  return new Router(EXACT_PATHS)
    .options(["/uploads", "/uploads/:id"], (ctx) => {
      describe(ctx, limits);
    })
    .post("/uploads", authenticate, speakTus, async (ctx) => {
      const partIds = readParts(ctx);
      if (partIds === undefined) {
        await answerTus(ctx, { uploads, limits }, { method: "POST" });
        return;
      }
      const { uploadId, fileId } = await concatenation.run(
        ctx.state.actor,
        newUploadIntent(ctx),
        partIds,
      );
      ctx.set("Location", `${apiBase(ctx)}/uploads/${uploadId}`);
      ctx.set("Content-Location", `${apiBase(ctx)}/files/${fileId}/metadata`);
      ctx.status = 201;
      ctx.body = "";
      ctx.remove("Content-Type");
    })
    .head("/uploads/:id", authenticate, speakTus, onUpload)
    .patch("/uploads/:id", authenticate, speakTus, onUpload)
    .post("/uploads/:id", authenticate, speakTus, onUpload)
    .delete("/uploads/:id", authenticate, speakTus, onUpload);
}

const oneUpload = { params: object({ id }) };

/** What a client may ask before it knows anything else. */
function describe(ctx: Koa.Context, { maxFileBytes }: UploadLimits): void {
  ctx.set({
    "Tus-Resumable": VERSION,
    "Tus-Version": VERSION,
    "Tus-Extension": EXTENSIONS.join(","),
    "Tus-Checksum-Algorithm": CHECKSUM_ALGORITHMS.join(","),
    "Tus-Max-Size": String(maxFileBytes),
  });
  ctx.status = 204;
}

/** @throws UnsupportedTusVersionError */
async function speakTus(ctx: Context, next: Koa.Next): Promise<void> {
  ctx.set("Tus-Resumable", VERSION);
  if (ctx.get("Tus-Resumable") !== VERSION) {
    ctx.set("Tus-Version", VERSION);
    throw new UnsupportedTusVersionError();
  }
  await next();
}

/** A client behind a proxy that knows no PATCH sends POST, and says what it means. @throws MethodNotAllowedError */
function methodOf(ctx: Context): string {
  if (ctx.method !== "POST") return ctx.method;
  const method = ctx.get("X-HTTP-Method-Override").toUpperCase();
  if (METHODS.includes(method)) return method;
  throw new MethodNotAllowedError(METHODS);
}

/** @throws UnsupportedMediaTypeError */
function refuseOtherTypes(ctx: Context): void {
  if (ctx.get("Content-Type") === "application/offset+octet-stream") return;
  throw new UnsupportedMediaTypeError("Pieces are sent as application/offset+octet-stream");
}
