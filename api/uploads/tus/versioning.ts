import type Koa from "koa";
import { AppError } from "../../../common/platform/errors.js";
import { TUS_VERSION } from "./present.js";

/** The client speaks another version of tus than 1.0.0. */
export class UnsupportedTusVersionError extends AppError {
  readonly code = "unsupported-tus-version";
  constructor() {
    super(`The request needs Tus-Resumable: ${TUS_VERSION}`);
  }
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
