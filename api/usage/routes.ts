import type { Usages } from "../../common/usage/service.js";
import { allow } from "../http/allow.js";
import { expects } from "../http/expects.js";
import { Routes } from "../http/route.js";
import { presentUsage } from "./present.js";

interface Deps {
  readonly usages: Usages;
}

/** When a first measurement may be there. */
const RETRY_AFTER_SECONDS = 2;

/** What an account stores, by kind. */
export function usageRoutes({ usages }: Deps): Routes {
  return new Routes().get(
    "/me/usage",
    allow("account:read", { cost: "search" }),
    expects({}),
    async (ctx) => {
      const report = await usages.report(ctx.state.actor);
      if (report.measured === null) ctx.set("Retry-After", String(RETRY_AFTER_SECONDS));
      ctx.body = presentUsage(report);
    },
  );
}
