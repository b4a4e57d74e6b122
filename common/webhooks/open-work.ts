import type { Db } from "mongodb";
import { AccountsRepository } from "../accounts/repository.js";
import type { AuditLog } from "../audit/log.js";
import { EntriesRepository } from "../entries/repository.js";
import type { EventLogRepository } from "../events/log-repository.js";
import type { MailSettings } from "../mail/settings.js";
import type { Logger } from "../platform/log.js";
import { readVersion } from "../platform/version.js";
import type { JobProducer } from "../queue/producer.js";
import type { QueueSettings } from "../queue/settings.js";
import { WebhookCursorsRepository } from "./cursors-repository.js";
import { WebhookDelivering } from "./delivering.js";
import { DeliveriesRepository } from "./deliveries-repository.js";
import { WebhookDispatch } from "./dispatch.js";
import { openNotices } from "./open-notices.js";
import { openSecrets } from "./open.js";
import { WebhookReplays } from "./replays.js";
import { WebhooksRepository } from "./repository.js";
import { WebhookSender } from "./sender.js";
import { Sending } from "./sending.js";
import type { WebhookSettings } from "./settings.js";
import { WebhookSweep } from "./sweep.js";

interface Options {
  readonly db: Db;
  readonly jobs: Pick<JobProducer, "enqueue">;
  readonly eventLog: EventLogRepository;
  readonly audit: AuditLog;
  readonly settings: WebhookSettings & MailSettings & QueueSettings;
  readonly log: Logger;
  readonly now: () => Date;
}

/** What the worker does for webhooks. */
export interface WebhookWork {
  readonly dispatch: WebhookDispatch;
  readonly replays: WebhookReplays;
  readonly delivering: WebhookDelivering;
  readonly sweep: WebhookSweep;
}

/** Opens what the worker does for webhooks. */
export function openWebhookWork(options: Options): WebhookWork {
  const { db, eventLog: events, settings, now, ...parts } = options;
  const webhooks = new WebhooksRepository(db);
  const deliveries = new DeliveriesRepository(db);
  const cursors = new WebhookCursorsRepository(db);
  const accounts = new AccountsRepository(db);
  const version = readVersion();
  const stores = { ...parts, webhooks, deliveries, cursors, events, accounts, now };
  const dispatch = new WebhookDispatch({ ...stores, entries: new EntriesRepository(db) });
  const notices = openNotices({ ...options, webhooks });
  const sender = new WebhookSender({ allowsPrivate: settings.webhookAllowPrivate, now });
  const secrets = openSecrets(settings);
  const sending = new Sending({
    ...stores,
    version,
    secrets,
    sender,
    notices,
    random: Math.random,
  });
  // A dead worker's job goes to another one after `jobLockMs`. The lease is over by then, even if clocks differ.
  const leaseMs = settings.jobLockMs / 2;
  return {
    dispatch,
    replays: new WebhookReplays({ ...stores, dispatch }),
    delivering: new WebhookDelivering({ ...stores, sending, leaseMs }),
    sweep: new WebhookSweep({ ...stores, dispatch, notices }),
  };
}
