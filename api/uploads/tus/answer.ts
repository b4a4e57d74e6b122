import type Koa from "koa";

type Fields = Readonly<Record<string, string>>;

export type Answerable = Pick<Koa.Context, "set" | "remove" | "status" | "body">;

/** Answers as tus does: with header fields, and no body. */
export function answer(ctx: Answerable, status: number, fields: Fields): void {
  ctx.set(fields);
  ctx.status = status;
  ctx.body = status === 204 ? null : "";
  ctx.remove("Content-Type");
}
