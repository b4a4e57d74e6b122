import type { ParameterizedContext } from "koa";
import { ROLE_SCOPES, type Scope } from "../../common/accounts/role.js";
import type { Accounts, SignIn } from "../../common/accounts/service.js";
import type { AuditLog } from "../../common/audit/log.js";
import type { SecondFactorProof } from "../../common/factors/second-factor.js";
import { RefreshTokenReusedError } from "../../common/credentials/errors.js";
import type { OwnCredentials } from "../../common/credentials/own-credentials.js";
import type { NewFamily, Tokens } from "../../common/credentials/tokens.js";
import { InvalidRequestError } from "../../common/platform/errors.js";
import { admit, allow, limited, SIGNED_IN } from "../http/allow.js";
import { type AuditNote, audits } from "../http/audits.js";
import { clientTrace } from "../http/client-trace.js";
import type { RequestState } from "../http/door.js";
import { expects } from "../http/expects.js";
import { goneSignal } from "../http/gone-client.js";
import { sendPage } from "../http/page.js";
import { Routes } from "../http/route.js";
import { listSignedIn, oneSignedIn } from "../sessions/schema.js";
import { presentFamily, presentTokens } from "./present.js";
import { newTokens, refreshment } from "./schema.js";

interface Deps {
  readonly accounts: Accounts;
  readonly tokens: Tokens;
  readonly ownTokens: OwnCredentials;
  readonly audit: AuditLog;
}

/** Access and refresh tokens. */
export function tokenRoutes({ accounts, tokens, ownTokens, audit }: Deps): Routes {
  const signIn = limited("sign-in");
  const routes = new Routes()
    .post("/tokens", signIn, audits(audit, "token.create"), expects(newTokens), async (ctx) => {
      const { name = null, scopes = null } = ctx.state.request.body;
      const { account, ...signIn } = await whoAsks(ctx, { accounts, tokens });
      refuseWider(scopes, ROLE_SCOPES[account.role]);
      const claim = { accountId: account.id, ...signIn };
      const pair = await tokens.issue({ ...claim, name, scopes, client: clientTrace(ctx) });
      ctx.state.audit = auditNote(pair);
      ctx.body = presentTokens(pair);
    })
    .post(
      "/tokens/refresh",
      signIn,
      audits(audit, "token.refresh"),
      expects(refreshment),
      async (ctx) => {
        const { refreshToken } = ctx.state.request.body;
        try {
          ctx.body = presentTokens(await tokens.refresh(refreshToken, clientTrace(ctx)));
          // Every few minutes for each client: the log is for what is rare.
          ctx.state.audit.isIdle = true;
        } catch (error) {
          if (error instanceof RefreshTokenReusedError) {
            ctx.state.audit = { ...auditNote(error), isNoted: true };
          }
          throw error;
        }
      },
    );
  return addOwnTokens(routes, { ownTokens, audit });
}

const auditNote = ({ accountId, familyId }: { accountId: string; familyId: string }) => ({
  accountId,
  target: { kind: "token", id: familyId },
});

function addOwnTokens(
  routes: Routes,
  { ownTokens, audit }: Pick<Deps, "ownTokens" | "audit">,
): Routes {
  return routes
    .get("/tokens", allow("account:read"), expects(listSignedIn), async (ctx) => {
      const { actor, request } = ctx.state;
      const page = await ownTokens.list(actor.account, request.query);
      sendPage(ctx, { ...page, limit: request.query.limit }, (family) =>
        presentFamily(family, actor.credential.id),
      );
    })
    .delete(
      "/tokens/:id",
      allow("account:write", { by: SIGNED_IN }),
      audits(audit, "token.end"),
      expects(oneSignedIn),
      async (ctx) => {
        const { id } = ctx.state.request.params;
        ctx.state.audit.target = { kind: "token", id };
        await ownTokens.end(ctx.state.actor.id, id);
        ctx.status = 204;
      },
    );
}

interface Body extends SecondFactorProof {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

type Asker = SignIn & Pick<NewFamily, "sessionId">;

/** Who wants tokens: by the password, or without one by a session. Tokens do not beget others: a stolen one would never end. */
async function whoAsks(
  ctx: ParameterizedContext<RequestState & { request: { body: Body }; audit: AuditNote }>,
  { accounts, tokens }: Pick<Deps, "accounts" | "tokens">,
): Promise<Asker> {
  const { username, password, code, passkey } = ctx.state.request.body;
  if (username !== undefined && password !== undefined) {
    return accounts.signIn(
      { username, password, code, passkey },
      { address: ctx.state.client.ip, signal: goneSignal(ctx.res) },
    );
  }
  // Taken before the account is read: whatever ends its sessions after that also ends the family.
  const startedAt = tokens.now;
  const { actor, renew } = await admit(ctx, "account:write", {
    by: ["session"],
    cost: "sign-in",
  });
  await renew?.();
  const { account, credential } = actor;
  const { sessionsValidFrom } = account;
  const signedInAt = startedAt > sessionsValidFrom ? startedAt : sessionsValidFrom;
  return { account, signedInAt, methods: credential.methods, sessionId: credential.id };
}

/** @throws {@link InvalidRequestError} */
function refuseWider(scopes: readonly Scope[] | null, ofRole: ReadonlySet<Scope>): void {
  const wider = (scopes ?? []).flatMap((scope, index) =>
    ofRole.has(scope)
      ? []
      : [
          {
            in: "body" as const,
            pointer: `/scopes/${index}`,
            detail: `your role does not allow ${scope}`,
          },
        ],
  );
  if (wider.length > 0) throw new InvalidRequestError(wider);
}
