import type { Db } from "mongodb";
import { openAccountMails } from "../accounts/open-mails.js";
import type { Outbox } from "../mail/outbox.js";
import type { DeferredWork } from "../platform/deferred-work.js";
import type { Logger } from "../platform/log.js";
import { AuditListing } from "./listing.js";
import { AuditLog } from "./log.js";
import { Notices } from "./notices.js";
import { AuditRepository } from "./repository.js";
import type { AuditSettings } from "./settings.js";

interface Options {
  readonly db: Db;
  readonly settings: AuditSettings;
  readonly deferred: DeferredWork;
  /** Default: nobody is told by mail. */
  readonly notices?: Notices;
  readonly log: Logger;
  readonly now: () => Date;
}

/** Opens the audit log for writing. */
export function openAudit({ db, settings, notices, deferred, log, now }: Options): AuditLog {
  const events = new AuditRepository(db);
  const retentionDays = settings.auditRetentionDays;
  return new AuditLog({ events, notices, deferred, retentionDays, log, now });
}

/** Opens the audit log for reading. */
export const openAuditListing = (db: Db): AuditListing => new AuditListing(new AuditRepository(db));

interface NoticeOptions {
  readonly db: Db;
  readonly outbox: Outbox;
  readonly log: Logger;
}

/** Opens what tells people of what is written into the audit log. */
export const openNotices = ({ db, outbox, log }: NoticeOptions): Notices =>
  new Notices({ accountMails: openAccountMails(db, outbox), log });
