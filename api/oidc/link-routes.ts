import type { Reauthentication } from "../../common/accounts/reauthentication.js";
import type { AuditLog } from "../../common/audit/log.js";
import type { OidcLinks } from "../../common/oidc/links.js";
import type { SingleSignOn } from "../../common/oidc/single-sign-on.js";
import { allow, SIGNED_IN } from "../http/allow.js";
import { audits } from "../http/audits.js";
import { expects } from "../http/expects.js";
import { goneSignal } from "../http/gone-client.js";
import { Routes } from "../http/route.js";
import { beginFlow } from "./begin-flow.js";
import { beginLinking, unlink } from "./schema.js";

interface Deps {
  readonly singleSignOn: SingleSignOn;
  readonly oidcLinks: OidcLinks;
  readonly reauthentication: Reauthentication;
  readonly audit: AuditLog;
}

/** The link of an account with a person at the OpenID provider. */
export function oidcLinkRoutes({ singleSignOn, oidcLinks, reauthentication, audit }: Deps): Routes {
  return new Routes()
    .get("/me/oidc", allow("account:read"), expects({}), async (ctx) => {
      const { name, issuer, linkedAt } = await oidcLinks.find(ctx.state.actor.id);
      ctx.body = { name, issuer, linkedAt: linkedAt?.toISOString() ?? null };
    })
    .post(
      "/me/oidc",
      allow("account:write", { by: SIGNED_IN }),
      expects(beginLinking),
      async (ctx) => {
        const { returnTo = "/", ...confirmation } = ctx.state.request.body;
        const { id: accountId, credential } = ctx.state.actor;
        await oidcLinks.find(accountId);
        const options = confirming(ctx);
        await reauthentication.confirm(accountId, confirmation, { ...options, credential });
        const purpose = { kind: "link", accountId } as const;
        ctx.body = { authorizationUrl: await beginFlow(ctx, singleSignOn, { purpose, returnTo }) };
      },
    )
    .delete(
      "/me/oidc",
      allow("account:write", { by: SIGNED_IN }),
      audits(audit, "oidc.unlink"),
      expects(unlink),
      async (ctx) => {
        const { id, credential } = ctx.state.actor;
        const options = confirming(ctx);
        await reauthentication.confirm(id, ctx.state.request.body, { ...options, credential });
        await oidcLinks.remove(id);
        ctx.status = 204;
      },
    );
}

const confirming = (ctx: Parameters<typeof beginFlow>[0]) => ({
  needsPassword: true,
  address: ctx.state.client.ip,
  signal: goneSignal(ctx.res),
});
