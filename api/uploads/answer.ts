import { createHash } from "node:crypto";
import type Koa from "koa";
import { string } from "yup";
import type { Access } from "../../common/access/service.js";
import type { StoredAnswer } from "../../common/idempotency/entry.js";
import type { RequestKey, UploadRequests } from "../../common/idempotency/requests.js";
import type { UploadIntent } from "../../common/uploads/upload.js";
import { declaredLength } from "../http/body.js";
import { parseIdempotencyKey } from "../http/idempotency-key.js";
import { apiBase } from "../http/route.js";
import type { UploadLimits } from "./limits.js";

/** What the doors for forms and raw bodies need. */
export interface UploadDeps {
  readonly access: Access;
  readonly requests: UploadRequests;
  readonly limits: UploadLimits;
}

/** The query parameters that both doors have. Names and folders are checked by `common`. */
export const uploadQuery = {
  folderId: string().default("root"),
  onConflict: string()
    .oneOf(
      ["version", "rename", "fail"] as const satisfies UploadIntent["onConflict"][],
      "${path} must be one of ${values}",
    )
    .default("version" as const),
};

/** @returns `undefined` when the request has no `Idempotency-Key`. @throws {@link InvalidRequestError} */
export function readRequestKey(ctx: Koa.Context): RequestKey | undefined {
  const field = ctx.req.headers["idempotency-key"]?.toString();
  if (field === undefined) return undefined;
  return { key: parseIdempotencyKey(field), requestDigest: digestRequest(ctx) };
}

/**
 * Tells requests with the same Idempotency-Key from each other before their bodies: SHA-256 of the method, the path below the API's
 * prefix, the query in any order, the conditions, the type and the length. The boundary of a form differs each time, and so may its
 * length: they do not count. Nor do claimed digests, which are compared with the content itself.
 */
function digestRequest(ctx: Koa.Context): string {
  const { headers } = ctx.req;
  const query = new URLSearchParams(ctx.querystring);
  query.sort();
  const type = headers["content-type"] ?? null;
  const isForm = /^multipart\//i.test(type ?? "");
  const facts = [
    ctx.method,
    ctx.path.slice(apiBase(ctx).length),
    query.toString(),
    headers["if-match"] ?? null,
    headers["if-none-match"] ?? null,
    headers["if-unmodified-since"] ?? null,
    ...(isForm ? ["form"] : [type, declaredLength(ctx.req) ?? null]),
  ];
  return createHash("sha256").update(JSON.stringify(facts)).digest("hex");
}

export function sendAnswer(ctx: Koa.Context, { status, location, body }: StoredAnswer): void {
  ctx.status = status;
  if (location !== null) ctx.set("Location", location);
  ctx.type = "json";
  ctx.body = body;
}
