import type { AuditLog } from "../../common/audit/log.js";
import type { Accounts } from "../../common/accounts/service.js";
import type { OwnCredentials } from "../../common/credentials/own-credentials.js";
import { presentAccount } from "../accounts/present.js";
import { credentials } from "../accounts/schema.js";
import { allow, anyone, limited, SIGNED_IN } from "../http/allow.js";
import { audits } from "../http/audits.js";
import { isBearer } from "../http/authorization.js";
import { expects } from "../http/expects.js";
import { goneSignal } from "../http/gone-client.js";
import { sendPage } from "../http/page.js";
import { Routes } from "../http/route.js";
import type { CookieSessions } from "./cookie-sessions.js";
import { presentSignedIn } from "./present.js";
import { listSignedIn, oneSignedIn } from "./schema.js";

interface Deps {
  readonly accounts: Accounts;
  readonly sessions: CookieSessions;
  readonly ownSessions: OwnCredentials;
  readonly audit: AuditLog;
}

/** Sign-in and sign-out, and the sessions of the one who asks. */
export function sessionRoutes({ accounts, sessions, ownSessions, audit }: Deps): Routes {
  const limit = limited("sign-in");
  const routes = new Routes()
    .post("/login", limit, audits(audit, "session.create"), expects(credentials), async (ctx) => {
      const { account, signedInAt, methods } = await accounts.signIn(ctx.state.request.body, {
        address: ctx.state.client.ip,
        signal: goneSignal(ctx.res),
      });
      ctx.state.audit.accountId = account.id;
      const claim = { accountId: account.id, signedInAt, methods };
      ctx.body = await sessions.start(ctx, claim, (id) => {
        ctx.state.audit.target = { kind: "session", id };
        return Promise.resolve(presentAccount(account));
      });
    })
    .post("/logout", anyone, audits(audit, "session.end"), expects({}), async (ctx) => {
      ctx.status = 204;
      ctx.state.audit = { isIdle: true };
      // With bearer credentials a cookie does not count, and another site's page may have sent it.
      if (isBearer(ctx.req.headers)) return;
      const session = await sessions.open(ctx);
      const { found } = session;
      await session.end();
      if (found === undefined) return;
      const { id, accountId } = found;
      ctx.state.audit = { accountId, target: { kind: "session", id } };
    });
  return addOwnSessions(routes, { ownSessions, audit });
}

function addOwnSessions(
  routes: Routes,
  { ownSessions, audit }: Pick<Deps, "ownSessions" | "audit">,
): Routes {
  return routes
    .get("/sessions", allow("account:read"), expects(listSignedIn), async (ctx) => {
      const { actor, request } = ctx.state;
      const page = await ownSessions.list(actor.account, request.query);
      sendPage(ctx, { ...page, limit: request.query.limit }, (session) =>
        presentSignedIn(session, actor.credential.id),
      );
    })
    .delete(
      "/sessions",
      allow("account:write", { by: SIGNED_IN }),
      audits(audit, "session.end-others"),
      expects({}),
      async (ctx) => {
        const { id, credential } = ctx.state.actor;
        ctx.state.audit.target = { kind: "account", id };
        await ownSessions.endOthers(id, credential.id);
        ctx.status = 204;
      },
    )
    .delete(
      "/sessions/:id",
      allow("account:write", { by: SIGNED_IN }),
      audits(audit, "session.end"),
      expects(oneSignedIn),
      async (ctx) => {
        const { id } = ctx.state.request.params;
        ctx.state.audit.target = { kind: "session", id };
        await ownSessions.end(ctx.state.actor.id, id);
        ctx.status = 204;
      },
    );
}
