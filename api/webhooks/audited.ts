import type { AuditEvent } from "../../common/audit/event.js";
import type { WebhookDoc } from "../../common/webhooks/webhook.js";

type Changes = NonNullable<AuditEvent["changes"]>;

/**
 * The terms that differ: the old value and the new one. Of a URL only its origin is among them, because the rest may have a secret of the receiver. The label and
 * the secrets are not.
 */
export function changesOf(before: WebhookDoc | undefined, after: WebhookDoc): Changes {
  const terms = ["url", "events", "folderId", "isEnabled"] as const;
  const changed = terms.filter(
    (term) => JSON.stringify(before?.[term]) !== JSON.stringify(after[term]),
  );
  return Object.fromEntries(
    changed.map((term) => [
      term,
      [before === undefined ? null : shown(before, term), shown(after, term)],
    ]),
  );
}

const shown = (webhook: WebhookDoc, term: "url" | "events" | "folderId" | "isEnabled") =>
  term === "url" ? new URL(webhook.url).origin : webhook[term];
