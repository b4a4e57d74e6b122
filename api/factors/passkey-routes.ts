import type { AuditLog } from "../../common/audit/log.js";
import type { Passkeys } from "../../common/factors/passkeys.js";
import { confirmation } from "../accounts/schema.js";
import { allow, SIGNED_IN } from "../http/allow.js";
import { audits } from "../http/audits.js";
import { expects } from "../http/expects.js";
import { Routes } from "../http/route.js";
import { type ConfirmationDeps, confirmRequest } from "./confirm-request.js";
import { presentPasskey } from "./present.js";
import { newPasskey, passkeyChange, passkeyRemoval } from "./schema.js";

export interface PasskeyDeps extends ConfirmationDeps {
  readonly passkeys: Passkeys;
  readonly audit: AuditLog;
}

/** The passkeys of the one who asks. */
export function passkeyRoutes(deps: PasskeyDeps): Routes {
  const { passkeys } = deps;
  return additionRoutes(deps).get(
    "/me/passkeys",
    allow("account:read"),
    expects({}),
    async (ctx) => {
      const items = await passkeys.list(ctx.state.actor.id);
      const isAvailable = passkeys.areOnFor(ctx.host);
      ctx.body = { items: items.map(presentPasskey), isAvailable };
    },
  );
}

const write = allow("account:write", { by: SIGNED_IN });

function additionRoutes({ passkeys, audit, reauthentication }: PasskeyDeps): Routes {
  const confirm = confirmRequest({ reauthentication });
  return changeRoutes({ passkeys, audit, reauthentication })
    .post(
      "/me/passkeys/options",
      write,
      audits(audit, "passkey.start"),
      expects(confirmation),
      async (ctx) => {
        await confirm(ctx);
        ctx.body = await passkeys.startAdding(ctx.state.actor.account, ctx.host);
      },
    )
    .post(
      "/me/passkeys",
      write,
      audits(audit, "passkey.create"),
      expects(newPasskey),
      async (ctx) => {
        const { name, passkey: answer } = ctx.state.request.body;
        const made = { name, answer, host: ctx.host };
        const { passkey, recoveryCodes } = await passkeys.add(ctx.state.actor.id, made);
        ctx.state.audit.target = { kind: "passkey", id: passkey.id };
        ctx.status = 201;
        ctx.body = { ...presentPasskey(passkey), recoveryCodes };
      },
    );
}

function changeRoutes({ passkeys, audit, reauthentication }: PasskeyDeps): Routes {
  const confirm = confirmRequest({ reauthentication });
  return new Routes()
    .patch(
      "/me/passkeys/:id",
      write,
      audits(audit, "passkey.change"),
      expects(passkeyChange),
      async (ctx) => {
        const { params, body } = ctx.state.request;
        ctx.state.audit.target = { kind: "passkey", id: params.id };
        ctx.body = presentPasskey(await passkeys.rename(ctx.state.actor.id, params.id, body.name));
      },
    )
    .delete(
      "/me/passkeys/:id",
      write,
      audits(audit, "passkey.delete"),
      expects(passkeyRemoval),
      async (ctx) => {
        const { id } = ctx.state.request.params;
        ctx.state.audit.target = { kind: "passkey", id };
        await confirm(ctx);
        await passkeys.remove(ctx.state.actor.id, id);
        ctx.status = 204;
      },
    );
}
