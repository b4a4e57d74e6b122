import type { AuditLog } from "../../common/audit/log.js";
import type { Webhooks } from "../../common/webhooks/service.js";
import { audits } from "../http/audits.js";
import { expects } from "../http/expects.js";
import { sendPage } from "../http/page.js";
import { Routes } from "../http/route.js";
import { presentWebhook } from "./present.js";
import { listWebhooks, oneWebhook } from "./schema.js";
import type { WebhookDoor } from "./whose.js";

interface Deps {
  readonly webhooks: Webhooks;
  readonly audit: AuditLog;
}

/** Looking at webhooks, removing them, and new secrets: the same for accounts and for the installation. */
export function managingRoutes(deps: Deps, door: WebhookDoor): Routes {
  const { webhooks, audit } = deps;
  const { path, read, write, whose } = door;
  return secretRoutes(deps, door)
    .get(path, read, whose, expects(listWebhooks), async (ctx) => {
      const { query } = ctx.state.request;
      const page = await webhooks.list(ctx.state.webhookOwner, query);
      sendPage(ctx, { ...page, limit: query.limit }, presentWebhook);
    })
    .get(`${path}/:id`, read, whose, expects(oneWebhook), async (ctx) => {
      const { request, webhookOwner } = ctx.state;
      ctx.body = presentWebhook(await webhooks.find(webhookOwner, request.params.id));
    })
    .delete(
      `${path}/:id`,
      write,
      whose,
      audits(audit, "webhook.delete"),
      expects(oneWebhook),
      async (ctx) => {
        const { request, webhookOwner, audit: note } = ctx.state;
        const { id } = request.params;
        note.target = { kind: "webhook", id };
        await webhooks.remove(webhookOwner, id);
        ctx.status = 204;
      },
    );
}

function secretRoutes({ webhooks, audit }: Deps, { path, write, whose }: WebhookDoor): Routes {
  return new Routes().post(
    `${path}/:id/secret`,
    write,
    whose,
    audits(audit, "webhook-secret.create"),
    expects(oneWebhook),
    async (ctx) => {
      const { request, webhookOwner, audit: note } = ctx.state;
      const { id } = request.params;
      note.target = { kind: "webhook", id };
      const { webhook, secret } = await webhooks.rotateSecret(webhookOwner, id);
      ctx.body = { ...presentWebhook(webhook), secret };
    },
  );
}
