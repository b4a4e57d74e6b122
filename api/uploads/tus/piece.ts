import type Koa from "koa";
import { ContentTooLargeError } from "../../../common/platform/errors.js";
import type { Checksum, ResumableUpload } from "../../../common/uploads/resumable/upload.js";
import { declaredLength, receiveBody } from "../../http/body.js";
import type { UploadLimits } from "../limits.js";

export const PIECE_TYPE = "application/offset+octet-stream";

type Context = Pick<Koa.Context, "req" | "res" | "get">;

export const isPiece = (ctx: Pick<Koa.Context, "get">) => ctx.get("Content-Type") === PIECE_TYPE;

interface Receiving {
  readonly upload: ResumableUpload;
  readonly limits: UploadLimits;
  readonly checksum: Checksum | undefined;
}

/** What comes along with a creation. When that fails nothing is kept: its client does not know where the upload is. */
export async function receiveFirst(ctx: Context, receiving: Receiving): Promise<void> {
  const { upload, checksum } = receiving;
  try {
    // "The Client MUST include the Content-Type: application/offset+octet-stream header."
    if (isPiece(ctx)) await receivePiece(ctx, receiving);
    else if (upload.lengthBytes === 0) await upload.append(noBytes, checksum);
  } catch (error) {
    // What cannot be removed now expires.
    await upload.remove().catch(() => undefined);
    throw error;
  }
}

/** Stores the request's body. @throws ContentTooLargeError, before a byte is read, when it announces more than is missing. */
export async function receivePiece(
  { req, res }: Context,
  { upload, limits, checksum }: Receiving,
): Promise<void> {
  const limitBytes = upload.lengthBytes ?? limits.maxFileBytes;
  if (upload.offset + (declaredLength(req) ?? 0) > limitBytes) {
    throw new ContentTooLargeError(limitBytes);
  }
  await upload.append((signal) => receiveBody(req, res, { ...limits.pace, signal }), checksum);
}

async function* noBytes(): AsyncGenerator<Buffer, void, undefined> {
  // An upload of no bytes is whole as soon as it is created.
}
