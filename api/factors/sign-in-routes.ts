import { object } from "yup";
import type { AuditLog } from "../../common/audit/log.js";
import type { PasskeySignIn } from "../../common/accounts/passkey-sign-in.js";
import { newSecret } from "../../common/credentials/secret.js";
import { CHALLENGE_LIFETIME_MS } from "../../common/factors/challenges.js";
import type { Passkeys } from "../../common/factors/passkeys.js";
import { presentAccount } from "../accounts/present.js";
import { passkeyAnswer } from "../accounts/schema.js";
import { limited } from "../http/allow.js";
import { audits } from "../http/audits.js";
import { cookieName } from "../http/cookie-name.js";
import type { Context } from "../http/door.js";
import { expects } from "../http/expects.js";
import { Routes } from "../http/route.js";
import type { CookieSessions } from "../sessions/cookie-sessions.js";

/** Holds a secret that challenges of this browser are bound to: an answer that another browser got is worth nothing here. */
const nameFor = (ctx: Context) => cookieName("stowage_passkey", ctx.secure);

export interface PasskeySignInDeps {
  readonly passkeys: Pick<Passkeys, "startSignIn">;
  readonly passkeySignIn: PasskeySignIn;
  readonly sessions: Pick<CookieSessions, "start">;
  readonly audit: AuditLog;
}

const answered = { body: object({ passkey: passkeyAnswer.required("${path} is required") }) };

/** Sign-in with a passkey alone. */
export function passkeySignInRoutes({
  passkeys,
  passkeySignIn,
  sessions,
  audit,
}: PasskeySignInDeps): Routes {
  const limit = limited("sign-in");
  return new Routes()
    .post("/login/passkey/options", limit, expects({}), (ctx) => {
      const browser = newSecret();
      ctx.body = passkeys.startSignIn(ctx.host, browser);
      const maxAge = CHALLENGE_LIFETIME_MS;
      ctx.cookies.set(nameFor(ctx), browser, {
        signed: false,
        httpOnly: true,
        sameSite: "strict",
        maxAge,
      });
    })
    .post(
      "/login/passkey",
      limit,
      audits(audit, "session.create"),
      expects(answered),
      async (ctx) => {
        const browser = ctx.cookies.get(nameFor(ctx), { signed: false }) ?? "";
        const from = { browser, address: ctx.state.client.ip };
        const { passkey } = ctx.state.request.body;
        const { account, ...rest } = await passkeySignIn.signIn(passkey, from);
        ctx.state.audit.accountId = account.id;
        const claim = { accountId: account.id, ...rest };
        ctx.body = await sessions.start(ctx, claim, (id) => {
          ctx.state.audit.target = { kind: "session", id };
          return Promise.resolve(presentAccount(account));
        });
      },
    );
}
