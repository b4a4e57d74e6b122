import type { Context } from "koa";

interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
  readonly total?: number | null;
}

/** Answers with one page of a list, and names the next one in `Link` (RFC 8288) as well as in the body. */
export function sendPage<Item>(
  ctx: Context,
  page: Page<Item> & { readonly limit: number },
  present: (item: Item) => object,
): void {
  ctx.body = { ...page, items: page.items.map(present) };
  if (page.nextCursor === null) return;
  const query = new URLSearchParams(ctx.querystring);
  query.set("cursor", page.nextCursor);
  ctx.set("Link", `<${ctx.path}?${query.toString()}>; rel="next"`);
}
