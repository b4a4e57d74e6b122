import type { Reauthentication } from "../../common/accounts/reauthentication.js";
import type { Accounts } from "../../common/accounts/service.js";
import {
  type GivenVersionRules,
  type VersionRules,
  wholeRules,
} from "../../common/accounts/version-rules.js";
import type { VersionRulesRepository } from "../../common/accounts/rules-repository.js";
import { parseAddress } from "../../common/mail/address.js";
import type { Emails } from "../../common/registration/emails.js";
import type { Usernames } from "../../common/registration/usernames.js";
import type { AuditLog } from "../../common/audit/log.js";
import type { CredentialsRepository } from "../../common/credentials/repository.js";
import { type ActorContext, allow, SIGNED_IN } from "../http/allow.js";
import { type AuditNote, audits } from "../http/audits.js";
import { expects } from "../http/expects.js";
import { goneSignal } from "../http/gone-client.js";
import { Routes } from "../http/route.js";
import type { CookieSessions } from "../sessions/cookie-sessions.js";
import { presentProfile } from "./present.js";
import { profileChange } from "./schema.js";

interface Deps {
  readonly accounts: Pick<Accounts, "find">;
  readonly usernames: Usernames;
  readonly emails: Pick<Emails, "change">;
  readonly versionRules: Pick<VersionRulesRepository, "set">;
  readonly credentials: Pick<CredentialsRepository, "removeAll">;
  readonly reauthentication: Reauthentication;
  readonly sessions: CookieSessions;
  readonly audit: AuditLog;
  readonly defaultVersionRules: VersionRules;
}

type ProfileContext = ActorContext<{ audit: AuditNote }>;

/**
 * A person changes what its account is called, and its e-mail address. With another username it stays signed in where it does so; all else that it has
 * signed in for ends.
 */
export function profileRoutes(deps: Deps): Routes {
  const { accounts, reauthentication, audit, defaultVersionRules } = deps;
  return new Routes().patch(
    "/me",
    allow("account:write", { by: SIGNED_IN }),
    audits(audit, "username.change"),
    expects(profileChange),
    async (ctx) => {
      const { account, credential } = ctx.state.actor;
      const { username, email, versionRules, ...confirmation } = ctx.state.request.body;
      if (username === undefined) ctx.state.audit.action = "email.change";
      if (versionRules === undefined) {
        const signal = goneSignal(ctx.res);
        await reauthentication.confirm(account.id, confirmation, {
          needsPassword: true,
          address: ctx.state.client.ip,
          signal,
          credential,
        });
      }
      ctx.state.audit.target = { kind: "account", id: account.id };
      if (username !== undefined) await rename(deps, ctx, username);
      if (email !== undefined) await changeEmail(deps, ctx, email);
      if (versionRules !== undefined) await changeVersionRules(deps, ctx, versionRules);
      ctx.body = presentProfile(await accounts.find(account.id), defaultVersionRules);
    },
  );
}

/** No password is asked for: this does not change how the account signs in. */
async function changeVersionRules(
  { versionRules }: Deps,
  ctx: ProfileContext,
  given: GivenVersionRules | null,
): Promise<void> {
  ctx.state.audit.action = "version-rules.change";
  const to = given && wholeRules(given);
  const before = await versionRules.set(ctx.state.actor.account.id, to);
  ctx.state.audit.changes = { versionRules: [before?.rules ?? null, to] };
}

async function rename(
  { usernames, credentials, sessions }: Deps,
  ctx: ProfileContext,
  username: string,
): Promise<void> {
  const { account, credential } = ctx.state.actor;
  const { methods } = credential;
  const before = await usernames.change(account, username, {
    ...(credential.kind === "session" && {
      within: (claim, change) => sessions.start(ctx, { ...claim, methods }, change),
    }),
  });
  ctx.state.audit.changes = { username: [account.username, username] };
  // They are invalid already: this only takes them off the lists.
  await credentials.removeAll(account.id, { kinds: SIGNED_IN, before });
}

async function changeEmail(
  { emails }: Deps,
  ctx: ProfileContext,
  email: string | null,
): Promise<void> {
  const { id, sessionsValidFrom: from } = ctx.state.actor.account;
  // The schema has found that it is an address.
  const address = email === null ? null : (parseAddress(email) ?? null);
  const change = await emails.change({ id, from }, address);
  ctx.state.audit.changes = { email: [change.from, change.to] };
}
