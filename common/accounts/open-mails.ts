import type { Db } from "mongodb";
import type { Outbox } from "../mail/outbox.js";
import { AccountMails } from "./account-mails.js";
import { AccountsAdminRepository } from "./admin-repository.js";
import { EmailsRepository } from "./email-repository.js";

/** Opens what sends mails to accounts. */
export function openAccountMails(db: Db, outbox: Outbox): AccountMails {
  const admins = new AccountsAdminRepository(db);
  return new AccountMails({ emails: new EmailsRepository(db), admins, outbox });
}
