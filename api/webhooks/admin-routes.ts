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
import {
  changedInstallationWebhook,
  newInstallationWebhook,
  replayManyOfInstallation,
} from "./schema.js";
import { sendMade } from "./send-made.js";
import { OF_INSTALLATION } from "./whose.js";

interface Deps {
  readonly webhooks: Webhooks;
  readonly webhookDeliveries: WebhookDeliveries;
  readonly audit: AuditLog;
}

/** The webhooks of the installation, which get the events of all accounts. They have no folder: admins know nobody's folders. */
export function installationWebhookRoutes(deps: Deps): Routes[] {
  return [
    changingRoutes(deps),
    replayRoutes(deps),
    managingRoutes(deps, OF_INSTALLATION),
    deliveryRoutes(deps, OF_INSTALLATION),
  ];
}

function changingRoutes({ webhooks, audit }: Deps): Routes {
  const { path, write } = OF_INSTALLATION;
  return new Routes()
    .post(
      path,
      write,
      audits(audit, "webhook.create"),
      expects(newInstallationWebhook),
      async (ctx) => {
        const terms = { ...readTerms(ctx.state.request.body), folderId: null };
        sendMade(ctx, path, await webhooks.create(null, terms));
      },
    )
    .patch(
      `${path}/:id`,
      write,
      audits(audit, "webhook.change"),
      expects(changedInstallationWebhook),
      async (ctx) => {
        const { request, audit: note } = ctx.state;
        const { id } = request.params;
        note.target = { kind: "webhook", id };
        const { before, after } = await webhooks.change(null, id, readChanges(request.body));
        note.changes = changesOf(before, after);
        ctx.body = presentWebhook(after);
      },
    );
}

function replayRoutes({ webhookDeliveries: deliveries, audit }: Deps): Routes {
  const { path, write } = OF_INSTALLATION;
  return new Routes().post(
    `${path}/:id/replay`,
    write,
    audits(audit, "webhook.replay"),
    expects(replayManyOfInstallation),
    async (ctx) => {
      const { request, audit: note } = ctx.state;
      const { id } = request.params;
      note.target = { kind: "webhook", id };
      const webhook = await deliveries.replayMany(null, id, readReplay(request.body));
      ctx.status = 202;
      ctx.body = presentWebhook(webhook);
    },
  );
}
