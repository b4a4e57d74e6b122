import type Koa from "koa";
import { PreconditionFailedError } from "../../common/platform/errors.js";
import type { Id } from "../../common/platform/ids.js";
import {
  PREVIEW_VERSION,
  type PreviewFormat,
  type PreviewSize,
} from "../../common/storage/preview.js";
import { evaluateConditions } from "./conditional.js";
import { CONTENT_HEADERS } from "./media-type.js";

/** A preview of a version that the client may read. */
export interface ServedPreview {
  readonly versionId: Id;
  readonly size: PreviewSize;
  /** @throws PreviewMissingError */
  readonly read: (format: PreviewFormat) => Promise<Buffer>;
}

/**
 * Answers GET and HEAD for a preview, in the format that `Accept` prefers (RFC 9110 §12.5.1): WebP where it has no preference. A browser keeps it, and
 * asks each time whether it is still right, as for content.
 *
 * @throws {@link PreconditionFailedError}, PreviewMissingError and `InvalidRequestError`.
 */
export async function sendPreview(
  ctx: Koa.Context,
  { versionId, size, read }: ServedPreview,
): Promise<void> {
  // A problem depends on `Accept` as a picture does.
  ctx.vary("Accept");
  const format = preferredFormat(ctx);
  // Read first: what there is no preview of any more must not be answered 304.
  const bytes = await read(format);
  const etag = `"p${PREVIEW_VERSION}-${versionId}-${size}-${format}"`;
  ctx.set({ ...CONTENT_HEADERS, ETag: etag, "Content-Disposition": "inline" });
  const verdict = evaluateConditions(ctx.headers, { etag });
  if (verdict === "failed") throw new PreconditionFailedError();
  if (verdict === "not-modified") {
    ctx.status = 304;
    return;
  }
  ctx.status = 200;
  ctx.set("Content-Type", `image/${format}`);
  ctx.length = bytes.length;
  if (ctx.method !== "HEAD") ctx.body = bytes;
}

/** WebP also for who accepts neither: there is nothing else, and 406 would help nobody. */
function preferredFormat(ctx: Koa.Context): PreviewFormat {
  return ctx.accepts("image/webp", "image/avif") === "image/avif" ? "avif" : "webp";
}
