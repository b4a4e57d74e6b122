import type { SingleSignOn } from "../../common/oidc/single-sign-on.js";
import type { Context } from "../http/door.js";
import { type Flow, flowCookie } from "./flow-cookie.js";

/** Begins a flow in this browser. @returns where to send it. */
export async function beginFlow(
  ctx: Context,
  singleSignOn: SingleSignOn,
  { purpose, returnTo }: Pick<Flow, "purpose" | "returnTo">,
): Promise<string> {
  const { protocol, host } = ctx.state.client;
  const { url, handshake, redirectUri } = await singleSignOn.begin(`${protocol}://${host}`);
  flowCookie.keep(ctx, { purpose, handshake, returnTo, redirectUri });
  ctx.set("Cache-Control", "no-store");
  return url.href;
}
