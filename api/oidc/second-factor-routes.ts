import type { ParameterizedContext } from "koa";
import { object } from "yup";
import type { SecondStep } from "../../common/accounts/second-step.js";
import type { AuditLog } from "../../common/audit/log.js";
import { SingleSignOnFailedError } from "../../common/oidc/errors.js";
import { presentAccount } from "../accounts/present.js";
import { secondFactorFields } from "../accounts/schema.js";
import { limited } from "../http/allow.js";
import { audits } from "../http/audits.js";
import type { Context } from "../http/door.js";
import { expects } from "../http/expects.js";
import { apiBase, Routes } from "../http/route.js";
import type { AssetBundle } from "../pages/assets.js";
import { sendFormPage, showsForm } from "../pages/form-page.js";
import { prefersHtml } from "../pages/html.js";
import { enter, type EnterDeps } from "./enter.js";
import { type Waiting, waitingCookie } from "./flow-cookie.js";

interface Deps extends EnterDeps {
  readonly secondStep: SecondStep;
  readonly audit: AuditLog;
  readonly assets: AssetBundle;
}

const PATH = "/login/oidc/second-factor";

/** Where somebody goes on who comes from the OpenID provider and has a second factor here. */
export const secondFactorPath = (ctx: Pick<ParameterizedContext, "path">) => apiBase(ctx) + PATH;

/** The second factor of an account, after single sign-on: a page, and the same for programs. */
export function oidcSecondFactorRoutes(deps: Deps): Routes {
  const { secondStep, audit, assets } = deps;
  const cost = limited("sign-in");
  const pageOf = ({ path }: { readonly path: string }) => ({ ...PAGE, assets, action: path });
  return new Routes()
    .get(PATH, cost, expects({}), async (ctx) => {
      const { accountId } = waiting(ctx);
      const { methods = [], passkey } = (await secondStep.choice(accountId)) ?? {};
      ctx.vary("Accept");
      if (prefersHtml(ctx)) sendFormPage(ctx, pageOf(ctx));
      else ctx.body = { methods, ...(passkey !== undefined && { passkey }) };
    })
    .post(
      PATH,
      cost,
      audits(audit, "session.create"),
      showsForm(pageOf),
      expects({ body: object(secondFactorFields) }),
      async (ctx) => {
        const { returnTo, signedInAtMs, ...step } = waiting(ctx);
        const first = { ...step, signedInAt: new Date(signedInAtMs) };
        const { code, passkey } = ctx.state.request.body;
        const address = ctx.state.client.ip;
        const signIn = await secondStep.complete(first, { code, passkey }, address);
        await enter(ctx, deps, signIn);
        waitingCookie.drop(ctx);
        ctx.vary("Accept");
        ctx.status = prefersHtml(ctx) ? 303 : 200;
        if (prefersHtml(ctx)) ctx.set("Location", returnTo);
        else ctx.body = presentAccount(signIn.account);
      },
    );
}

/** @throws {@link SingleSignOnFailedError} */
function waiting(ctx: Context): Waiting {
  const found = waitingCookie.read(ctx);
  if (found !== undefined) return found;
  throw new SingleSignOnFailedError(
    "No sign-in of this browser waits for a second factor, or has for more than ten minutes; begin again",
  );
}

const PAGE = {
  topic: "Single sign-on",
  heading: "Prove that it is you",
  text: "Your account has a second factor. Enter a code of your authenticator app, or one of your recovery codes.",
  fields: [{ name: "code", label: "Code" }],
  button: "Sign in",
} as const;
