import type { Db } from "mongodb";
import type { JobProducer } from "../queue/producer.js";
import { MailLinks } from "./links.js";
import { Outbox } from "./outbox.js";
import { MailsRepository } from "./repository.js";
import type { MailSettings } from "./settings.js";
import { Smtp } from "./smtp.js";

interface Options {
  readonly db: Db;
  readonly settings: MailSettings;
  readonly jobs: Pick<JobProducer, "enqueue">;
  readonly now: () => Date;
}

/** What writes mails down. */
export function openOutbox({ db, settings, jobs, now }: Options) {
  const mails = new MailsRepository(db);
  return {
    mails,
    outbox: new Outbox({ mails, jobs, isOn: settings.smtpServer !== undefined, now }),
    mailLinks: new MailLinks(settings.mailSecrets),
  };
}

/** What sends mails; `undefined` where there is no mail server. The settings have the other parts then. */
export function openSmtp(
  settings: MailSettings & {
    /** `PUBLIC_URL`. */
    readonly publicUrl: URL | undefined;
  },
): Smtp | undefined {
  const { smtpServer: server, mailFrom: from, publicUrl, smtpTlsCa: ca } = settings;
  if (server === undefined || from === undefined || publicUrl === undefined) return undefined;
  const tls = { ca, isVerified: settings.smtpTlsVerify };
  return new Smtp({ server, tls, from, host: publicUrl.hostname });
}
