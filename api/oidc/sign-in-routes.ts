import { isAccount } from "../../common/access/actor.js";
import type { SecondStep } from "../../common/accounts/second-step.js";
import type { Accounts } from "../../common/accounts/service.js";
import type { AuditLog } from "../../common/audit/log.js";
import { SingleSignOnFailedError } from "../../common/oidc/errors.js";
import type { SingleSignOn } from "../../common/oidc/single-sign-on.js";
import { limited } from "../http/allow.js";
import { type AuditContext, audits } from "../http/audits.js";
import { expects } from "../http/expects.js";
import { Routes } from "../http/route.js";
import { beginFlow } from "./begin-flow.js";
import { enter, type EnterDeps, roleChange } from "./enter.js";
import { type Flow, flowCookie, waitingCookie } from "./flow-cookie.js";
import { beginRestoring, beginSignIn } from "./schema.js";
import { secondFactorPath } from "./second-factor-routes.js";

interface Deps extends EnterDeps {
  readonly singleSignOn: SingleSignOn;
  readonly accounts: Pick<Accounts, "findSignedIn">;
  readonly secondStep: Pick<SecondStep, "choice">;
  readonly audit: AuditLog;
}

/** The way to the OpenID provider, and back. */
export function oidcSignInRoutes(deps: Deps): Routes {
  const { singleSignOn, audit } = deps;
  const cost = limited("sign-in");
  return new Routes()
    .get("/login/oidc", cost, expects(beginSignIn), async (ctx) => {
      const { returnTo } = ctx.state.request.query;
      const url = await beginFlow(ctx, singleSignOn, { purpose: { kind: "sign-in" }, returnTo });
      ctx.redirect(url);
    })
    .get("/login/oidc/callback", cost, audits(audit, "session.create"), async (ctx) => {
      const flow = flowCookie.read(ctx);
      if (flow === undefined) throw new SingleSignOnFailedError(NOT_BEGUN_HERE);
      const callback = new URL(flow.redirectUri);
      callback.search = ctx.querystring;
      const goOn = flow.purpose.kind === "link" ? link : signIn;
      try {
        ctx.redirect(await goOn(ctx, deps, { flow, callback }));
      } finally {
        flowCookie.drop(ctx);
      }
    })
    .post("/me/restore/oidc", cost, expects(beginRestoring), async (ctx) => {
      const { returnTo = "/" } = ctx.state.request.body;
      const url = await beginFlow(ctx, singleSignOn, { purpose: { kind: "restore" }, returnTo });
      ctx.body = { authorizationUrl: url };
    });
}

const NOT_BEGUN_HERE =
  "This browser has not begun this sign-in, or more than ten minutes ago; begin again";

interface Return {
  readonly flow: Flow;
  readonly callback: URL;
}

/** @returns where to go on: for the second factor, where the account has one that the provider's word does not replace. */
async function signIn(ctx: AuditContext, deps: Deps, { flow, callback }: Return): Promise<string> {
  const { singleSignOn, secondStep } = deps;
  const isRestoring = flow.purpose.kind === "restore";
  const signedIn = await singleSignOn.signIn(callback, flow.handshake, isRestoring);
  const { account, signedInAt, methods, roleBefore, isComplete } = signedIn;
  const { id: accountId, role } = account;
  const changed = roleChange(roleBefore, role);
  if (isComplete || (await secondStep.choice(accountId)) === undefined) {
    ctx.state.audit = changed;
    await enter(ctx, deps, signedIn);
    return flow.returnTo;
  }
  const target = { kind: "account", id: accountId };
  const isIdle = roleBefore === undefined;
  ctx.state.audit = { accountId, target, action: "account.change", ...changed, isIdle };
  const { returnTo } = flow;
  const signedInAtMs = signedInAt.getTime();
  waitingCookie.keep(ctx, { accountId, signedInAtMs, methods, isRestoring, returnTo });
  return secondFactorPath(ctx);
}

/** Only the one who has begun it, and is still signed in, is linked. */
async function link(ctx: AuditContext, deps: Deps, { flow, callback }: Return): Promise<string> {
  const { singleSignOn, accounts, sessions } = deps;
  const { found } = await sessions.open(ctx);
  const account = found === undefined ? undefined : await accounts.findSignedIn(found);
  const accountId = flow.purpose.kind === "link" ? flow.purpose.accountId : "";
  if (account === undefined || !isAccount(account, accountId)) {
    throw new SingleSignOnFailedError("The one who began this is not signed in here any more");
  }
  await singleSignOn.link(callback, flow.handshake, accountId);
  ctx.state.audit = {
    action: "oidc.link",
    accountId,
    target: { kind: "account", id: accountId },
  };
  return flow.returnTo;
}
