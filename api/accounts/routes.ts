import Router from "@koa/router";
import type { Middleware } from "koa";
import type { Accounts } from "../../common/accounts/service.js";
import { EXACT_PATHS } from "../http/exact-paths.js";
import { readRequest } from "../http/read-request.js";
import type { AuthState } from "../middleware/authenticate.js";
import { endSession, startSession } from "../sessions/session.js";
import { presentAccount } from "./present.js";
import { credentials } from "./schema.js";

interface Deps {
  readonly accounts: Accounts;
  readonly authenticate: Middleware<AuthState>;
  readonly jsonBody: Middleware;
}

/** Registration, sign-in, sign-out, and who is signed in. */
export function accountRoutes({ accounts, authenticate, jsonBody }: Deps): Router {
  return new Router(EXACT_PATHS)
    .post("/register", jsonBody, async (ctx) => {
      const { body } = await readRequest(ctx, credentials);
      const { account, signedInAt } = await accounts.register(body);
      await startSession(ctx, { accountId: account.id, signedInAt });
      ctx.status = 201;
      ctx.body = presentAccount(account);
    })
    .post("/login", jsonBody, async (ctx) => {
      const { body } = await readRequest(ctx, credentials);
      const { account, signedInAt } = await accounts.signIn(body);
      await startSession(ctx, { accountId: account.id, signedInAt });
      ctx.body = presentAccount(account);
    })
    .post("/logout", async (ctx) => {
      await endSession(ctx);
      ctx.status = 204;
    })
    .get("/me", authenticate, async (ctx) => {
      await readRequest(ctx, {});
      ctx.body = presentAccount(await accounts.find(ctx.state.actor.id));
    });
}
