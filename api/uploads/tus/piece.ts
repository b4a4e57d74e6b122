import type Koa from "koa";
import { ContentTooLargeError } from "../../../common/platform/errors.js";
import type { Checksum } from "../../../common/uploads/resumable/checksum.js";
import type { ResumableUpload } from "../../../common/uploads/resumable/upload.js";
import { declaredLength, receiveBody } from "../../http/body.js";
import { UnsupportedMediaTypeError } from "../../http/errors.js";
import type { UploadLimits } from "../limits.js";

export const PIECE_TYPE = "application/offset+octet-stream";

type Context = Pick<Koa.Context, "req" | "res" | "get">;

export const isPiece = (ctx: Pick<Koa.Context, "get">) => ctx.get("Content-Type") === PIECE_TYPE;

interface Receiving {
  readonly upload: ResumableUpload;
  readonly limits: UploadLimits;
  readonly checksum: Checksum | undefined;
}

/**
 * Refuses the body of a creation that is not of the type that tus demands, before anything is reserved.
 *
 * @throws UnsupportedMediaTypeError, and what `receiveBody` throws when nothing says whether a body comes.
 */
export async function refuseOtherBody(ctx: Context, limits: UploadLimits): Promise<void> {
  if (!isPiece(ctx) && (await hasBody(ctx, limits))) throw notAPiece();
}

/** Whether a request has a body of at least one byte. Of one that announces no length, the first byte is waited for. */
export async function hasBody({ req, res }: Context, { pace }: UploadLimits): Promise<boolean> {
  const announced = declaredLength(req);
  if (announced !== undefined) return announced > 0;
  for await (const bytes of receiveBody(req, res, pace)) if (bytes.length > 0) return true;
  return false;
}

export const notAPiece = () =>
  new UnsupportedMediaTypeError(`Bytes are sent as Content-Type: ${PIECE_TYPE}`);

/** What comes along with a creation. When that fails nothing is kept: its client does not know where the upload is. */
export async function receiveFirst(ctx: Context, receiving: Receiving): Promise<void> {
  const { upload, checksum } = receiving;
  try {
    // "The Client MUST include the Content-Type: application/offset+octet-stream header."
    if (isPiece(ctx)) await receivePiece(ctx, receiving);
    else if (upload.lengthBytes === 0) await upload.append(noBytes, checksum);
  } catch (error) {
    // What cannot be removed now is removed as soon as the store is back.
    await upload.remove().catch(() => undefined);
    throw error;
  }
}

/** Removes an upload whose client goes away before its answer is sent: it cannot know where the upload is. A file stays. */
export function removeUnlessHeard({ res }: Pick<Context, "res">, upload: ResumableUpload): void {
  const remove = () => {
    if (!res.writableFinished) void upload.remove().catch(() => undefined);
  };
  if (res.closed) remove();
  else res.once("close", remove);
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
