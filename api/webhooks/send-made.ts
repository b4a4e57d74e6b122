import type { WithSecret } from "../../common/webhooks/service.js";
import type { AuditContext } from "../http/audits.js";
import { apiBase } from "../http/route.js";
import { changesOf } from "./audited.js";
import { presentWebhook } from "./present.js";
import type { WebhookDoor } from "./whose.js";

/** Answers with a webhook that was made, and its secret. */
export function sendMade(
  ctx: AuditContext,
  path: WebhookDoor["path"],
  { webhook: made, secret }: WithSecret,
): void {
  const webhook = presentWebhook(made);
  ctx.state.audit.target = { kind: "webhook", id: webhook.id };
  ctx.state.audit.changes = changesOf(undefined, made);
  ctx.status = 201;
  ctx.set("Location", `${apiBase(ctx)}${path}/${webhook.id}`);
  ctx.body = { ...webhook, secret };
}
