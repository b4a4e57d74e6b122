import { createHash } from "node:crypto";
import type Koa from "koa";
import type { StoredAnswer } from "../../common/idempotency/entry.js";
import type { RequestKey } from "../../common/idempotency/key-claims.js";
import { declaredLength } from "./body.js";
import { parseIdempotencyKey } from "./idempotency-key.js";
import { apiBase } from "./route.js";

/** @returns `undefined` when the request has no `Idempotency-Key`. @throws {@link InvalidRequestError} */
export function readRequestKey(ctx: Koa.Context): RequestKey | undefined {
  const type = ctx.req.headers["content-type"] ?? null;
  const isForm = /^multipart\//i.test(type ?? "");
  return readKey(ctx, isForm ? ["form"] : [type, declaredLength(ctx.req) ?? null]);
}

/**
 * {@link readRequestKey} for a request whose body is JSON: what it says counts, in any order of its fields, and not how it is written.
 *
 * @param body - As it was checked.
 */
export function readJsonRequestKey(ctx: Koa.Context, body: object): RequestKey | undefined {
  const fields = Object.entries(body).filter(([, value]) => value !== undefined);
  return readKey(ctx, [fields.sort(([one], [other]) => (one < other ? -1 : 1))]);
}

/**
 * Tells requests with the same Idempotency-Key from each other before their bodies: SHA-256 of the method, the path below the API's
 * prefix, the query in any order, the conditions, and what is known of the content: its type and its length. The boundary of a form
 * differs each time, and so may its length: they do not count. Nor do claimed digests, which are compared with the content itself.
 */
function readKey(ctx: Koa.Context, content: readonly unknown[]): RequestKey | undefined {
  const { headers } = ctx.req;
  const field = headers["idempotency-key"]?.toString();
  if (field === undefined) return undefined;
  const query = new URLSearchParams(ctx.querystring);
  query.sort();
  const facts = [
    ctx.method,
    ctx.path.slice(apiBase(ctx).length),
    query.toString(),
    headers["if-match"] ?? null,
    headers["if-none-match"] ?? null,
    headers["if-unmodified-since"] ?? null,
    headers["x-oc-mtime"] ?? null,
    ...content,
  ];
  const requestDigest = createHash("sha256").update(JSON.stringify(facts)).digest("hex");
  return { key: parseIdempotencyKey(field), requestDigest };
}

/** Sends an answer that may be sent again, byte for byte. */
export function sendAnswer(ctx: Koa.Context, { status, headers, body }: StoredAnswer): void {
  ctx.status = status;
  ctx.set(headers);
  ctx.type = "json";
  ctx.body = body;
}
