import { AccountsAdminRepository } from "../accounts/admin-repository.js";
import { EmailsRepository } from "../accounts/email-repository.js";
import { openOutbox } from "../mail/open.js";
import { WebhookNotices } from "./notices.js";

type Options = Parameters<typeof openOutbox>[0] &
  Pick<ConstructorParameters<typeof WebhookNotices>[0], "webhooks" | "audit" | "log">;

/** Opens what tells owners that a webhook was switched off. */
export function openNotices(options: Options): WebhookNotices {
  const { db } = options;
  return new WebhookNotices({
    ...options,
    admins: new AccountsAdminRepository(db),
    emails: new EmailsRepository(db),
    outbox: openOutbox(options).outbox,
  });
}
