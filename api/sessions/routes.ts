import type { Accounts } from "../../common/accounts/service.js";
import { presentAccount } from "../accounts/present.js";
import { credentials } from "../accounts/schema.js";
import { anyone } from "../http/allow.js";
import { expects } from "../http/expects.js";
import { Routes } from "../http/route.js";
import type { CookieSessions } from "./cookie-sessions.js";

interface Deps {
  readonly accounts: Accounts;
  readonly sessions: CookieSessions;
}

/** Sign-in and sign-out. */
export function sessionRoutes({ accounts, sessions }: Deps): Routes {
  return new Routes()
    .post("/login", anyone, expects(credentials), async (ctx) => {
      const session = await sessions.open(ctx);
      const { account, signedInAt } = await accounts.signIn(ctx.state.request.body);
      await session.start({ accountId: account.id, signedInAt });
      ctx.body = presentAccount(account);
    })
    .post("/logout", anyone, async (ctx) => {
      const session = await sessions.open(ctx);
      await session.end();
      ctx.status = 204;
    });
}
