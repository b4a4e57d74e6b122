import { createHash } from "node:crypto";
import type Koa from "koa";
import { apiBase } from "../http/route.js";
import { declaredLength } from "../http/body.js";

/**
 * What tells a request from others under the same Idempotency-Key, before its body: SHA-256 over method, path below the API's
 * prefix, query in any order, conditions, type and length. The boundary of a form differs with each sending, and so may its
 * length: they do not count. Nor do digests that are claimed: the same payload under another algorithm is the same request. What
 * they say is held against the payload itself.
 */
export function digestRequest(ctx: Pick<Koa.Context, "req" | "method" | "path" | "querystring">) {
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
