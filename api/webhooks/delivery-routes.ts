import type { AuditLog } from "../../common/audit/log.js";
import type { WebhookDeliveries } from "../../common/webhooks/deliveries.js";
import { audits } from "../http/audits.js";
import { expects } from "../http/expects.js";
import { sendPage } from "../http/page.js";
import { apiBase, Routes } from "../http/route.js";
import { presentDelivery } from "./present.js";
import { listDeliveries, oneDelivery, oneWebhook } from "./schema.js";
import type { WebhookDoor } from "./whose.js";

interface Deps {
  readonly webhookDeliveries: WebhookDeliveries;
  readonly audit: AuditLog;
}

/** Tests, the log of what was sent, and sending one event again: the same for accounts and for the installation. */
export function deliveryRoutes(
  { webhookDeliveries: deliveries, audit }: Deps,
  { path, read, write, whose }: WebhookDoor,
): Routes {
  return new Routes()
    .post(`${path}/:id/test`, write, whose, expects(oneWebhook), async (ctx) => {
      const { request, webhookOwner } = ctx.state;
      const { id } = request.params;
      const delivery = presentDelivery(await deliveries.test(webhookOwner, id));
      ctx.status = 202;
      ctx.set("Location", `${apiBase(ctx)}${path}/${id}/deliveries/${delivery.id}`);
      ctx.body = delivery;
    })
    .get(`${path}/:id/deliveries`, read, whose, expects(listDeliveries), async (ctx) => {
      const { request, webhookOwner } = ctx.state;
      const { params, query } = request;
      const page = await deliveries.list(webhookOwner, params.id, query);
      sendPage(ctx, { ...page, limit: query.limit }, presentDelivery);
    })
    .get(`${path}/:id/deliveries/:deliveryId`, read, whose, expects(oneDelivery), async (ctx) => {
      const { request, webhookOwner } = ctx.state;
      const { id, deliveryId } = request.params;
      ctx.body = presentDelivery(await deliveries.find(webhookOwner, id, deliveryId));
    })
    .post(
      `${path}/:id/deliveries/:deliveryId/replay`,
      write,
      whose,
      audits(audit, "webhook.replay"),
      expects(oneDelivery),
      async (ctx) => {
        const { request, webhookOwner, audit: note } = ctx.state;
        const { id, deliveryId } = request.params;
        note.target = { kind: "webhook", id };
        ctx.body = presentDelivery(await deliveries.replay(webhookOwner, id, deliveryId));
        ctx.status = 202;
      },
    );
}
