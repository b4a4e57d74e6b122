import type { Db } from "mongodb";
import { openAccountMails } from "../accounts/open-mails.js";
import { AccountsRepository } from "../accounts/repository.js";
import type { AuditLog } from "../audit/log.js";
import type { EntriesRepository } from "../entries/repository.js";
import { openOutbox } from "../mail/open.js";
import type { MailSettings } from "../mail/settings.js";
import type { Logger } from "../platform/log.js";
import type { OrderedWrites } from "../platform/ordered-writes.js";
import type { JobProducer } from "../queue/producer.js";
import type { Storage } from "../storage/open.js";
import type { Copies } from "../uploads/copies.js";
import type { VersionHistory } from "../versions/history-repository.js";
import type { VersionsRepository } from "../versions/repository.js";
import { QuarantineNotices } from "./notices.js";
import { QuarantineRepository } from "./repository.js";
import { Quarantine } from "./service.js";

interface Options {
  readonly db: Db;
  readonly storage: Pick<Storage, "blobs" | "quarantine">;
  readonly entries: EntriesRepository;
  readonly versions: VersionsRepository;
  readonly history: VersionHistory;
  readonly copies: Copies;
  readonly writes: OrderedWrites;
  readonly jobs: Pick<JobProducer, "enqueue">;
  readonly now: () => Date;
}

/** Opens what admins do with content in quarantine. */
export function openQuarantine({ storage, ...given }: Options): Quarantine {
  const { db } = given;
  return new Quarantine({
    ...given,
    ...storage,
    everybodys: new QuarantineRepository(db),
    accounts: new AccountsRepository(db),
  });
}

interface NoticeOptions {
  readonly db: Db;
  readonly settings: MailSettings;
  readonly jobs: JobProducer;
  readonly versions: VersionsRepository;
  readonly audit: AuditLog;
  readonly log: Logger;
  readonly now: () => Date;
}

/** Opens what tells of content that is put into quarantine. */
export function openQuarantineNotices(options: NoticeOptions): QuarantineNotices {
  const accountMails = openAccountMails(options.db, openOutbox(options).outbox);
  return new QuarantineNotices({ ...options, accountMails });
}
