import type { Accounts } from "../../common/accounts/service.js";
import { allow, anyone } from "../http/allow.js";
import { expects } from "../http/expects.js";
import { Routes } from "../http/route.js";
import type { CookieSessions } from "../sessions/cookie-sessions.js";
import { presentAccount } from "./present.js";
import { credentials } from "./schema.js";

interface Deps {
  readonly accounts: Accounts;
  readonly sessions: CookieSessions;
}

/** Registration, and the account of the one who asks. */
export function accountRoutes({ accounts, sessions }: Deps): Routes {
  return new Routes()
    .post("/register", anyone, expects(credentials), async (ctx) => {
      const session = await sessions.open(ctx);
      const { account, signedInAt } = await accounts.register(ctx.state.request.body);
      await session.start({ accountId: account.id, signedInAt });
      ctx.status = 201;
      ctx.body = presentAccount(account);
    })
    .get("/me", allow("account:read"), expects({}), (ctx) => {
      ctx.body = presentAccount(ctx.state.actor.account);
    });
}
