import type { IncomingHttpHeaders } from "node:http";
import type Koa from "koa";
import { InvalidRequestError } from "../../common/platform/errors.js";
import { UnsupportedContentCodingError } from "./errors.js";

/**
 * Refuses content that is not the whole of what it is about, byte for byte: it would be stored, or read, as something else.
 *
 * @throws {@link InvalidRequestError} for `Content-Range`: no resource takes a part (RFC 9110 §14.5).
 * @throws {@link UnsupportedContentCodingError} for a `Content-Encoding` other than `identity` (RFC 9110 §8.4).
 */
export function checkContentFields(headers: IncomingHttpHeaders): void {
  if (headers["content-range"] !== undefined) {
    const detail =
      "Content-Range is not supported; send the whole content, or use a resumable upload";
    throw new InvalidRequestError([{ in: "header", pointer: "Content-Range", detail }]);
  }
  const codings = headers["content-encoding"]?.toString().split(",") ?? [];
  if (!codings.every((coding) => /^(?:identity)?$/i.test(coding.trim()))) {
    throw new UnsupportedContentCodingError();
  }
}

/** {@link checkContentFields} as a step of a route. */
export async function refuseChangedContent(ctx: Koa.Context, next: Koa.Next): Promise<void> {
  checkContentFields(ctx.req.headers);
  await next();
}
