import type { Db } from "mongodb";
import type { Changes } from "../events/changes.js";
import type { EventLogRepository } from "../events/log-repository.js";
import type { Logger } from "../platform/log.js";
import { SecretBox } from "../platform/secret-box.js";
import type { JobProducer } from "../queue/producer.js";
import { WebhookAnnouncer } from "./announcer.js";
import { WebhookDeliveries } from "./deliveries.js";
import { DeliveriesRepository } from "./deliveries-repository.js";
import { WebhookKeyError } from "./errors.js";
import { OwnWebhooks } from "./own-webhooks.js";
import { WebhooksRepository } from "./repository.js";
import { WebhookSecrets } from "./secrets.js";
import { Webhooks } from "./service.js";
import type { WebhookSettings } from "./settings.js";

interface AnnouncerOptions {
  readonly db: Db;
  readonly jobs: JobProducer;
  readonly log: Logger;
}

/** Opens what is told of new events. Close it after the relay, and before the queue. */
export const openWebhookAnnouncer = ({ db, jobs, log }: AnnouncerOptions) =>
  new WebhookAnnouncer({ webhooks: new WebhooksRepository(db), jobs, log });

interface Options {
  readonly db: Db;
  readonly jobs: JobProducer;
  readonly eventLog: EventLogRepository;
  readonly changeLog: Changes;
  readonly announcer: WebhookAnnouncer;
  readonly settings: WebhookSettings;
  readonly now: () => Date;
}

/** Opens what owners do with their webhooks. */
export function openWebhooks({ db, eventLog: events, announcer, settings, ...parts }: Options) {
  const webhooks = new WebhooksRepository(db);
  const deliveries = new DeliveriesRepository(db);
  const own = new OwnWebhooks({ webhooks, deliveries });
  const held = { ...parts, webhooks, deliveries, own, events };
  return {
    webhooks: new Webhooks({
      ...{ ...held, ...settings },
      secrets: openSecrets(settings),
      onListening: (ownerId) => {
        announcer.listens(ownerId);
      },
    }),
    webhookDeliveries: new WebhookDeliveries(held),
  };
}

/** The secrets of webhooks. */
export function openSecrets({ webhookSecrets: secrets }: WebhookSettings): WebhookSecrets {
  const missing = (keyId: string, options?: ErrorOptions) => new WebhookKeyError(keyId, options);
  return new WebhookSecrets(new SecretBox({ secrets, purpose: "webhook", missing }));
}
