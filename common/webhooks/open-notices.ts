import { openAccountMails } from "../accounts/open-mails.js";
import { openOutbox } from "../mail/open.js";
import { WebhookNotices } from "./notices.js";

type Options = Parameters<typeof openOutbox>[0] &
  Pick<ConstructorParameters<typeof WebhookNotices>[0], "webhooks" | "audit" | "log">;

/** Opens what tells owners that a webhook was switched off. */
export function openNotices(options: Options): WebhookNotices {
  const accountMails = openAccountMails(options.db, openOutbox(options).outbox);
  return new WebhookNotices({ ...options, accountMails });
}
