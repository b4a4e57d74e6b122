import type { AuditLog } from "../../common/audit/log.js";
import type { Invitations } from "../../common/registration/invitations.js";
import { allow } from "../http/allow.js";
import { audits } from "../http/audits.js";
import { expects } from "../http/expects.js";
import { sendPage } from "../http/page.js";
import { Routes } from "../http/route.js";
import { presentInvitation } from "./present.js";
import { refuseKeys } from "./refuse-keys.js";
import { listInvitations, newInvitation, oneInvitation } from "./schema.js";

interface Deps {
  readonly invitations: Invitations;
  readonly audit: AuditLog;
}

/** Letting others register. */
export function invitationRoutes(deps: Deps): Routes {
  const { invitations, audit } = deps;
  return creation(deps)
    .get("/admin/invitations", allow("admin"), expects(listInvitations), async (ctx) => {
      const { query } = ctx.state.request;
      const page = await invitations.list(query);
      sendPage(ctx, { ...page, limit: query.limit }, presentInvitation);
    })
    .delete(
      "/admin/invitations/:id",
      allow("admin"),
      audits(audit, "invitation.revoke"),
      expects(oneInvitation),
      async (ctx) => {
        const { id } = ctx.state.request.params;
        await invitations.revoke(id);
        ctx.state.audit = { target: { kind: "invitation", id } };
        ctx.status = 204;
      },
    );
}

function creation({ invitations, audit }: Deps): Routes {
  return new Routes().post(
    "/admin/invitations",
    allow("admin"),
    audits(audit, "invitation.create"),
    expects(newInvitation),
    async (ctx) => {
      const { role, limitBytes, maxUses, expiresAt } = ctx.state.request.body;
      refuseKeys(ctx.state.actor, role);
      const { invitation, token } = await invitations.create({
        role,
        limitBytes,
        maxUses,
        createdBy: ctx.state.actor.id,
        expiresAt: expiresAt === undefined ? undefined : new Date(expiresAt),
      });
      const shown = presentInvitation(invitation);
      ctx.state.audit = {
        target: { kind: "invitation", id: invitation.id },
        changes: {
          role: [null, shown.role],
          limitBytes: [null, shown.limitBytes],
          maxUses: [null, shown.maxUses],
          expiresAt: [null, shown.expiresAt],
        },
      };
      ctx.status = 201;
      ctx.body = { ...shown, token };
    },
  );
}
