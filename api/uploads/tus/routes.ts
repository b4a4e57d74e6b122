import type Koa from "koa";
import { object } from "yup";
import type { Access } from "../../../common/access/service.js";
import type { Concatenation } from "../../../common/uploads/resumable/concatenation.js";
import type { ResumableUploads } from "../../../common/uploads/resumable/service.js";
import type { ResumableUpload } from "../../../common/uploads/resumable/upload.js";
import { type ActorContext, allow, anyone } from "../../http/allow.js";
import { MethodNotAllowedError, UnsupportedMediaTypeError } from "../../http/errors.js";
import { expects } from "../../http/expects.js";
import { id } from "../../http/fields.js";
import { apiBase, Routes } from "../../http/route.js";
import type { UploadLimits } from "../limits.js";
import { readChecksum } from "./checksum.js";
import { OffsetConflictError, UnsupportedTusVersionError } from "./errors.js";
import {
  malformedField,
  readFolderId,
  readPartIds,
  readTusFields,
  readUploadIntent,
} from "./fields.js";
import { isPiece, PIECE_TYPE, receiveFirst, receivePiece } from "./piece.js";
import {
  fileLocation,
  presentExpiry,
  presentFile,
  presentOffset,
  presentServer,
  presentUpload,
  TUS_VERSION,
  uploadLocation,
} from "./present.js";

interface Deps {
  readonly access: Access;
  readonly uploads: ResumableUploads;
  readonly concatenation: Concatenation;
  readonly limits: UploadLimits;
}

type Fields = Readonly<Record<string, string>>;

const oneUpload = { params: object({ id }) };

type UploadContext = ActorContext<{ request: { params: { id: string } } }>;
type UploadHandler = (ctx: UploadContext) => Promise<void>;

/** The door for content that comes in pieces: tus 1.0 (https://tus.io/protocols/resumable-upload), which the comments quote. */
export function tusRoutes(deps: Deps): Routes {
  const byMethod = { DELETE: terminate(deps), HEAD: find(deps), PATCH: resume(deps) };
  const write = allow("files:write");
  return new Routes()
    .options("/uploads", anyone, describe(deps))
    .options("/uploads/:id", anyone, describe(deps))
    .post("/uploads", write, speakTus, create(deps))
    .head("/uploads/:id", write, speakTus, expects(oneUpload), (ctx) => byMethod.HEAD(ctx))
    .patch("/uploads/:id", write, speakTus, expects(oneUpload), (ctx) => byMethod.PATCH(ctx))
    .delete("/uploads/:id", write, speakTus, expects(oneUpload), (ctx) => byMethod.DELETE(ctx))
    .post("/uploads/:id", write, speakTus, expects(oneUpload), (ctx) => overridden(ctx, byMethod));
}

/**
 * "The Tus-Resumable header MUST be included in every request and response except for OPTIONS requests."
 *
 * @throws UnsupportedTusVersionError
 */
async function speakTus(ctx: Pick<Koa.Context, "get" | "set">, next: Koa.Next): Promise<void> {
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
function describe({ limits }: Deps) {
  // "A successful response indicated by the 204 No Content or 200 OK status MUST contain the Tus-Version header. It MAY include the
  // Tus-Extension and Tus-Max-Size headers." "The Client SHOULD NOT include the Tus-Resumable header in the request and the Server
  // MUST ignore the header."
  return (ctx: Answerable) => {
    answer(ctx, 204, presentServer(limits));
  };
}

/** POST: begins an upload, of which the first bytes may come along, or concatenates parts. */
function create({ access, uploads, concatenation, limits }: Deps) {
  return async (ctx: ActorContext) => {
    const { actor } = ctx.state;
    const fields = readFields(ctx);
    const { length, isLengthDeferred, concat, checksum } = fields;
    const intent = readUploadIntent(ctx.req.headers, fields);
    if (typeof concat === "object") {
      // "The Client MUST NOT include the Upload-Length header in the final upload creation."
      if (length !== undefined)
        throw malformedField("Upload-Length", "of a final upload is not sent");
      const { uploadId, fileId } = await concatenation.run(
        await access.place(actor, readFolderId(fields)),
        intent,
        readPartIds(concat),
      );
      answer(ctx, 201, {
        Location: uploadLocation(uploadId, apiBase(ctx)),
        "Content-Location": fileLocation(fileId, apiBase(ctx)),
      });
      return;
    }
    // "The request MUST include one of the following headers: a) Upload-Length to indicate the size of an entire upload in bytes.
    // b) Upload-Defer-Length: 1 if upload size is not known at the time."
    if ((length !== undefined) === isLengthDeferred) {
      throw malformedField("Upload-Length", "or Upload-Defer-Length is needed, and not both");
    }
    const place = await access.place(actor, readFolderId(fields));
    await holding(await uploads.create(place, intent), async (upload) => {
      await receiveFirst(ctx, { upload, limits, checksum });
      // "The Server MUST acknowledge a successful upload creation with the 201 Created status. The Server MUST set the Location header
      // to the URL of the created resource. This URL MAY be absolute or relative."
      answer(ctx, 201, {
        Location: uploadLocation(upload.upload._id, apiBase(ctx)),
        // Creation with upload: "The Server ... MUST include the Upload-Offset header in the response".
        ...(isPiece(ctx) && presentOffset(upload)),
        // "If the expiration is known at the creation, the Upload-Expires header MUST be included in the response to the initial POST
        // request."
        ...presentExpiry(upload),
        ...presentFile(upload, apiBase(ctx)),
      });
    });
  };
}

/** HEAD: how far an upload has come. */
function find({ uploads }: Deps): UploadHandler {
  return async (ctx) => {
    readFields(ctx);
    // "If the resource is not found, the Server SHOULD return either the 404 Not Found, 410 Gone or 403 Forbidden status without the
    // Upload-Offset header."
    await holding(await uploads.open(ctx.state.actor, ctx.state.request.params.id), (upload) => {
      answer(ctx, 200, presentUpload(upload, apiBase(ctx)));
    });
  };
}

/** PATCH: takes the next bytes. */
function resume({ uploads, limits }: Deps): UploadHandler {
  return async (ctx) => {
    // "All PATCH requests MUST use Content-Type: application/offset+octet-stream, otherwise the server SHOULD return a 415 Unsupported
    // Media Type status."
    if (!isPiece(ctx)) throw new UnsupportedMediaTypeError(`Pieces are sent as ${PIECE_TYPE}`);
    const { offset, length, checksum } = readFields(ctx);
    if (offset === undefined) throw malformedField("Upload-Offset", "is missing");

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
          ...presentFile(upload, apiBase(ctx)),
        });
      },
    );
  };
}

/** DELETE: gives an upload up. */
function terminate({ uploads }: Deps): UploadHandler {
  return async (ctx) => {
    readFields(ctx);
    await holding(
      await uploads.open(ctx.state.actor, ctx.state.request.params.id),
      async (upload) => {
        // "The Server SHOULD free associated resources and MUST respond with the 204 No Content status confirming that the upload was
        // terminated. For all future requests to this URL, the Server SHOULD respond with the 404 Not Found or 410 Gone status."
        await upload.remove();
        answer(ctx, 204, {});
      },
    );
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

/** "Once it is known the Client MUST set the Upload-Length header in the next PATCH request. Once set the length MUST NOT be changed." */
async function declareLength(upload: ResumableUpload, length: number): Promise<void> {
  if (upload.lengthBytes !== null) throw malformedField("Upload-Length", "is known already");
  if (length < upload.offset) {
    throw malformedField("Upload-Length", "is less than has arrived");
  }
  await upload.declareLength(length);
}

const readFields = ({ req }: Pick<Koa.Context, "req">) => ({
  checksum: readChecksum(req.headers),
  ...readTusFields(req.headers),
});

type Answerable = Pick<Koa.Context, "set" | "remove" | "status" | "body">;

function answer(ctx: Answerable, status: number, fields: Fields): void {
  ctx.set(fields);
  ctx.status = status;
  ctx.body = status === 204 ? null : "";
  ctx.remove("Content-Type");
}
