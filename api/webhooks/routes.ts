import { requireScope } from "../../common/access/rights.js";
import type { Access } from "../../common/access/service.js";
import type { AuditLog } from "../../common/audit/log.js";
import type { WebhookDeliveries } from "../../common/webhooks/deliveries.js";
import type { Webhooks } from "../../common/webhooks/service.js";
import { audits } from "../http/audits.js";
import { expects } from "../http/expects.js";
import { Routes } from "../http/route.js";
import { changesOf } from "./audited.js";
import { deliveryRoutes } from "./delivery-routes.js";
import { managingRoutes } from "./managing-routes.js";
import { presentWebhook } from "./present.js";
import { readChanges, readReplay, readTerms } from "./read-terms.js";
import { changedWebhook, newWebhook, replayMany } from "./schema.js";
import { sendMade } from "./send-made.js";
import { findFolder, OWN } from "./whose.js";

interface Deps {
  readonly access: Access;
  readonly webhooks: Webhooks;
  readonly webhookDeliveries: WebhookDeliveries;
  readonly audit: AuditLog;
}

/** The webhooks of the one who asks. What is sent tells of files, so making and changing them needs `files:read`, too. */
export function webhookRoutes(deps: Deps): Routes[] {
  return [
    changingRoutes(deps),
    replayRoutes(deps),
    managingRoutes(deps, OWN),
    deliveryRoutes(deps, OWN),
  ];
}

function changingRoutes({ access, webhooks, audit }: Deps): Routes {
  const { path, write, whose } = OWN;
  return new Routes()
    .post(path, write, whose, audits(audit, "webhook.create"), expects(newWebhook), async (ctx) => {
      const { actor, request, webhookOwner } = ctx.state;
      requireScope(actor, "read");
      const { folderId = null, ...body } = request.body;
      const terms = {
        ...readTerms(body),
        folderId: await findFolder(access, actor, folderId),
      };
      sendMade(ctx, path, await webhooks.create(webhookOwner, terms));
    })
    .patch(
      `${path}/:id`,
      write,
      whose,
      audits(audit, "webhook.change"),
      expects(changedWebhook),
      async (ctx) => {
        const { actor, request, webhookOwner, audit: note } = ctx.state;
        requireScope(actor, "read");
        const { id } = request.params;
        const { folderId, ...body } = request.body;
        note.target = { kind: "webhook", id };
        const { before, after } = await webhooks.change(webhookOwner, id, {
          ...readChanges(body),
          ...(folderId !== undefined && { folderId: await findFolder(access, actor, folderId) }),
        });
        note.changes = changesOf(before, after);
        ctx.body = presentWebhook(after);
      },
    );
}

function replayRoutes({ webhookDeliveries: deliveries, audit }: Deps): Routes {
  const { path, write, whose } = OWN;
  return new Routes().post(
    `${path}/:id/replay`,
    write,
    whose,
    audits(audit, "webhook.replay"),
    expects(replayMany),
    async (ctx) => {
      const { request, webhookOwner, audit: note } = ctx.state;
      const { id } = request.params;
      note.target = { kind: "webhook", id };
      const webhook = await deliveries.replayMany(webhookOwner, id, readReplay(request.body));
      ctx.status = 202;
      ctx.body = presentWebhook(webhook);
    },
  );
}
