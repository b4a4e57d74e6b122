import type Koa from "koa";
import { object } from "yup";
import type { ResumableUpload } from "../../../common/uploads/resumable/upload.js";
import { allowGuests, anyone, type GuestContext } from "../../http/allow.js";
import { MethodNotAllowedError } from "../../http/errors.js";
import { expects } from "../../http/expects.js";
import { id } from "../../http/fields.js";
import { Routes } from "../../http/route.js";
import { grant } from "../answer.js";
import { answer, type Answerable } from "./answer.js";
import { readChecksum } from "./checksum.js";
import { OffsetConflictError, UnsupportedTusVersionError } from "./errors.js";
import { create, type TusDeps } from "./creation.js";
import { malformedField, readTusFields } from "./fields.js";
import { isPiece, notAPiece, receivePiece } from "./piece.js";
import {
  presentExpiry,
  presentFile,
  presentOffset,
  presentServer,
  presentUpload,
  TUS_VERSION,
  uploadsBase,
} from "./present.js";

const newUpload = { query: object({ grant }) };
const oneUpload = { params: object({ id }), ...newUpload };

export type UploadContext = GuestContext<{ request: { params: { id: string } } }>;
type UploadHandler = (ctx: UploadContext) => Promise<void>;

/** What answers requests of tus, wherever they come in. */
export function tusHandlers(deps: TusDeps) {
  const byMethod = { DELETE: terminate(deps), HEAD: find(deps), PATCH: resume(deps) };
  const overriding: UploadHandler = (ctx) => overridden(ctx, byMethod);
  return { ...byMethod, POST: create(deps), describe: describe(deps), overriding };
}

/** The door for content that comes in pieces: tus 1.0 (https://tus.io/protocols/resumable-upload), which the comments quote. */
export function tusRoutes(deps: TusDeps): Routes {
  const tus = tusHandlers(deps);
  const write = allowGuests("files:write");
  return new Routes()
    .options("/uploads", anyone, tus.describe)
    .options("/uploads/:id", anyone, tus.describe)
    .post(
      "/uploads",
      allowGuests("files:write", { cost: "upload" }),
      speakTus,
      expects(newUpload),
      tus.POST,
    )
    .head("/uploads/:id", write, speakTus, expects(oneUpload), (ctx) => tus.HEAD(ctx))
    .patch("/uploads/:id", write, speakTus, expects(oneUpload), (ctx) => tus.PATCH(ctx))
    .delete("/uploads/:id", write, speakTus, expects(oneUpload), (ctx) => tus.DELETE(ctx))
    .post("/uploads/:id", write, speakTus, expects(oneUpload), (ctx) => tus.overriding(ctx));
}

/**
 * "The Tus-Resumable header MUST be included in every request and response except for OPTIONS requests."
 *
 * @throws UnsupportedTusVersionError
 */
export async function speakTus(
  ctx: Pick<Koa.Context, "get" | "set">,
  next: Koa.Next,
): Promise<void> {
  ctx.set("Tus-Resumable", TUS_VERSION);
  if (ctx.get("Tus-Resumable") !== TUS_VERSION) {
    // "If the version specified by the Client is not supported by the Server, it MUST respond with the 412 Precondition Failed status
    // and MUST include the Tus-Version header into the response. In addition, the Server MUST NOT process the request."
    ctx.set("Tus-Version", TUS_VERSION);
    throw new UnsupportedTusVersionError();
  }
  await next();
}

/** OPTIONS: what this server speaks. */
function describe({ limits }: TusDeps) {
  // "A successful response indicated by the 204 No Content or 200 OK status MUST contain the Tus-Version header. It MAY include the
  // Tus-Extension and Tus-Max-Size headers." "The Client SHOULD NOT include the Tus-Resumable header in the request and the Server
  // MUST ignore the header."
  return (ctx: Answerable) => {
    answer(ctx, 204, presentServer(limits));
  };
}

/** HEAD: how far an upload has come. */
function find({ uploads }: TusDeps): UploadHandler {
  return async (ctx) => {
    readFields(ctx);
    // "If the resource is not found, the Server SHOULD return either the 404 Not Found, 410 Gone or 403 Forbidden status without the
    // Upload-Offset header."
    await holding(await uploads.look(ctx.state.actor, ctx.state.request.params.id), (upload) => {
      answer(ctx, 200, presentUpload(upload, uploadsBase(ctx)));
    });
  };
}

/** PATCH: takes the next bytes. */
function resume({ uploads, limits }: TusDeps): UploadHandler {
  return async (ctx) => {
    // "All PATCH requests MUST use Content-Type: application/offset+octet-stream, otherwise the server SHOULD return a 415 Unsupported
    // Media Type status."
    if (!isPiece(ctx)) throw notAPiece();
    const { offset, length, checksum } = readFields(ctx);
    if (offset === undefined) throw malformedField("Upload-Offset", "is missing");

    // "The Server MUST respond with the 403 Forbidden status to PATCH requests against a final upload URL and MUST NOT modify the final
    // or its partial uploads."
    // "If the server receives a PATCH request against a non-existent resource it SHOULD return a 404 Not Found status."
    await holding(
      await uploads.open(ctx.state.actor, ctx.state.request.params.id),
      async (upload) => {
        // "The Upload-Offset header's value MUST be equal to the current offset of the resource. ... If the offsets do not match, the
        // Server MUST respond with the 409 Conflict status without modifying the upload resource."
        if (offset !== upload.offset) throw new OffsetConflictError(upload.offset);
        if (length !== undefined) await declareLength(upload, length);
        await receivePiece(ctx, { upload, limits, checksum });
        // "The Server MUST acknowledge successful PATCH requests with the 204 No Content status. It MUST include the Upload-Offset header
        // containing the new offset."
        answer(ctx, 204, {
          ...presentOffset(upload),
          ...presentExpiry(upload),
          ...presentFile(upload, uploadsBase(ctx)),
        });
      },
    );
  };
}

/** DELETE: gives an upload up. */
function terminate({ uploads }: TusDeps): UploadHandler {
  return async (ctx) => {
    readFields(ctx);
    // "The Server SHOULD free associated resources and MUST respond with the 204 No Content status confirming that the upload was
    // terminated. For all future requests to this URL, the Server SHOULD respond with the 404 Not Found or 410 Gone status."
    await uploads.remove(ctx.state.actor, ctx.state.request.params.id);
    answer(ctx, 204, {});
  };
}

/** POST on an upload, by a client that cannot send its method. */
async function overridden(
  ctx: UploadContext,
  byMethod: Readonly<Record<string, UploadHandler>>,
): Promise<void> {
  // "The X-HTTP-Method-Override request header MUST be a string which MUST be interpreted as the request's method by the Server, if the
  // header is presented. The actual method of the request MUST be ignored."
  const method = ctx.get("X-HTTP-Method-Override").toUpperCase();
  const handler = new Map(Object.entries(byMethod)).get(method);
  if (handler === undefined) throw new MethodNotAllowedError(Object.keys(byMethod));
  await handler(ctx);
}

/** "Once it is known the Client MUST set the Upload-Length header in the next PATCH request. Once set the length MUST NOT be changed." */
async function declareLength(upload: ResumableUpload, length: number): Promise<void> {
  if (upload.lengthBytes !== null) throw malformedField("Upload-Length", "is known already");
  if (length < upload.offset) {
    throw malformedField("Upload-Length", "is less than has arrived");
  }
  await upload.declareLength(length);
}

/** Works on an upload, and lets go of it however that ends. */
async function holding(
  upload: ResumableUpload,
  work: (upload: ResumableUpload) => Promise<void> | void,
): Promise<void> {
  try {
    await work(upload);
  } finally {
    await upload.release();
  }
}

const readFields = ({ req }: Pick<Koa.Context, "req">) => ({
  checksum: readChecksum(req.headers),
  ...readTusFields(req.headers),
});
