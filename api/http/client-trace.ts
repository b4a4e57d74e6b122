import type { ClientTrace } from "../../common/credentials/credential.js";
import { networkOf } from "../../common/platform/network.js";
import type { Context } from "./door.js";

const MOST_AGENT_CHARACTERS = 256;

/** From where and with which program a request was sent, as lists of credentials and the audit log show it. */
export function clientTrace(ctx: Pick<Context, "state" | "get">): ClientTrace {
  const userAgent = ctx.get("User-Agent").slice(0, MOST_AGENT_CHARACTERS);
  return {
    addressPrefix: networkOf(ctx.state.client.ip),
    userAgent: userAgent === "" ? null : userAgent,
  };
}
