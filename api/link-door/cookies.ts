import type { Context } from "koa";
import { UNLOCK_MS } from "../../common/links/unlocks.js";
import { PLACE_MS } from "../../common/links/downloads.js";
import { type Id, isId } from "../../common/platform/ids.js";

/** How many downloads of one link a client can resume. */
const MOST_USES = 10;

/** Where the page of a link is. */
export const linkPath = (token: string) => `/s/${token}`;

/** The unlock that a browser has for a link. */
export function readUnlock(ctx: Context): string | undefined {
  return ctx.cookies.get(nameFor(ctx, "unlock"), { signed: false });
}

/** Lets a browser keep an unlock. It sends it below the path of this link alone. */
export function keepUnlock(ctx: Context, token: string, unlock: string): void {
  keep(ctx, "unlock", { token, value: unlock, maxAge: UNLOCK_MS });
}

/** The ids of the downloads that a client wants to resume, the latest first. Only those of this link count. */
export function readUses(ctx: Context): Id[] {
  const value = ctx.cookies.get(nameFor(ctx, "use"), { signed: false }) ?? "";
  return value.split(".").slice(0, MOST_USES).filter(isId);
}

/** Gives a client the id of its download in a cookie, so that it can resume it. */
export function keepUse(ctx: Context, token: string, useId: Id): void {
  const others = readUses(ctx).filter((id) => id !== useId);
  const value = [useId, ...others].slice(0, MOST_USES).join(".");
  keep(ctx, "use", { token, value, maxAge: PLACE_MS });
}

interface Kept {
  readonly token: string;
  readonly value: string;
  /** In milliseconds. */
  readonly maxAge: number;
}

/** Signed, where they have to be, by who makes their values. */
function keep(ctx: Context, name: string, { token, value, maxAge }: Kept): void {
  const attributes = { signed: false, httpOnly: true, sameSite: "lax", overwrite: true } as const;
  ctx.cookies.set(nameFor(ctx, name), value, { ...attributes, path: linkPath(token), maxAge });
}

/** `__Host-` is for cookies of every path alone (RFC 6265bis §4.1.3.1). */
const nameFor = ({ secure }: Pick<Context, "secure">, name: string) =>
  `${secure ? "__Secure-" : ""}stowage_link_${name}`;
