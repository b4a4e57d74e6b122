import type { Db } from "mongodb";
import { EmailsRepository } from "../../accounts/email-repository.js";
import { PasswordResetsRepository } from "../../accounts/reset-repository.js";
import { MailedResets } from "../../administration/mailed-resets.js";
import { LinksRepository } from "../../links/repository.js";
import { openOutbox, openSmtp } from "../../mail/open.js";
import { MailOutcomes } from "../../mail/outcomes.js";
import type { MailSettings } from "../../mail/settings.js";
import type { Logger } from "../../platform/log.js";
import type { Redis } from "../../platform/redis.js";
import { QuarantineRepository } from "../../quarantine/repository.js";
import type { JobProducer } from "../../queue/producer.js";
import type { QueueSettings } from "../../queue/settings.js";
import { Emails } from "../../registration/emails.js";
import { BlobQuarantine } from "../../storage/blob-quarantine.js";
import { openBucket } from "../../storage/bucket.js";
import { WebhooksRepository } from "../../webhooks/repository.js";
import { MailDelivery } from "./delivery.js";

export type MailDeliverySettings = MailSettings & {
  /** `PUBLIC_URL`. */
  readonly publicUrl: URL | undefined;
};

interface Options {
  readonly db: Db;
  readonly redis: Redis;
  /** The prefix of all keys. */
  readonly prefix: string;
  readonly settings: MailDeliverySettings & QueueSettings;
  readonly jobs: JobProducer;
  readonly log: Logger;
  readonly now: () => Date;
}

/** Opens what sends mails. */
export function openMailDelivery(options: Options): MailDelivery {
  const { db, redis, prefix, settings, jobs, log, now } = options;
  const { mails, outbox, mailLinks: links } = openOutbox(options);
  const resets = new PasswordResetsRepository(db);
  return new MailDelivery({
    mails,
    emails: new Emails({ emails: new EmailsRepository(db), outbox, links, now }),
    mailedResets: new MailedResets({ resets, outbox, links, now }),
    links: new LinksRepository(db),
    quarantined: new QuarantineRepository(db),
    quarantine: new BlobQuarantine(openBucket(db)),
    webhooks: new WebhooksRepository(db),
    smtp: openSmtp(settings),
    outcomes: new MailOutcomes({ redis, prefix }),
    jobs,
    publicUrl: settings.publicUrl,
    // The queue gives a dead worker's job to another one after as long.
    leaseMs: settings.jobLockMs,
    log,
    now,
  });
}
