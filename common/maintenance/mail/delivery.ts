import type { MailedResets } from "../../administration/mailed-resets.js";
import type { LinksRepository } from "../../links/repository.js";
import type { MailDoc } from "../../mail/mail.js";
import type { MailOutcomes } from "../../mail/outcomes.js";
import type { MailsRepository } from "../../mail/repository.js";
import { type Letter, type Smtp, SmtpError } from "../../mail/smtp.js";
import { MAIL_TEXTS, type MailFacts } from "../../mail/texts.js";
import type { Id } from "../../platform/ids.js";
import type { Logger } from "../../platform/log.js";
import type { QuarantineRepository } from "../../quarantine/repository.js";
import type { JobProducer } from "../../queue/producer.js";
import type { BlobQuarantine } from "../../storage/blob-quarantine.js";
import type { Emails } from "../../registration/emails.js";
import type { WebhooksRepository } from "../../webhooks/repository.js";
import type { DisabledReason } from "../../webhooks/webhook.js";

/** After the 10th try, some 8 hours after the first, a mail is given up. */
const MOST_ATTEMPTS = 10;
/** Before the second try; it doubles before each further one. A server that greylists wants some minutes. */
const FIRST_DELAY_MS = 60_000;
const MAILS_PER_SWEEP = 1000;

interface Deps {
  readonly mails: MailsRepository;
  readonly emails: Pick<Emails, "tokenOf">;
  readonly mailedResets: Pick<MailedResets, "create">;
  readonly links: Pick<LinksRepository, "findById">;
  readonly quarantined: Pick<QuarantineRepository, "findVersion" | "listFiles">;
  readonly quarantine: Pick<BlobQuarantine, "find">;
  readonly webhooks: Pick<WebhooksRepository, "findById">;
  /** `undefined` where there is no mail server: mails wait for one. */
  readonly smtp: Pick<Smtp, "send"> | undefined;
  readonly outcomes: Pick<MailOutcomes, "count">;
  readonly jobs: Pick<JobProducer, "enqueue">;
  /** `PUBLIC_URL`. */
  readonly publicUrl: URL | undefined;
  /** How long others leave a mail alone that a worker is sending, in milliseconds. */
  readonly leaseMs: number;
  readonly log: Logger;
  readonly now: () => Date;
}

/** What a mail says of why a webhook was switched off. */
const WEBHOOK_REASONS: Readonly<Record<DisabledReason, string>> = {
  gone: "A webhook was switched off: its endpoint has answered 410 Gone.",
  failing: "A webhook was switched off: nothing could be delivered to it for three days.",
};

/** What a letter names. */
type LetterFacts = Pick<MailFacts, "username" | "at"> & {
  readonly path?: string;
  readonly label?: string;
  readonly file?: string;
  readonly reason?: string;
  readonly origin?: string;
};

/**
 * Sends mails, each at least once: it is removed after the mail server has taken it. A worker that ends between the two sends it again, with the
 * same Message-ID.
 */
export class MailDelivery {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Queues the mails that are due: their jobs were lost, or it is time for another try. */
  async enqueueDue(signal: AbortSignal): Promise<void> {
    const { mails, jobs, smtp, now } = this.#deps;
    if (smtp === undefined) return;
    for (const mailId of await mails.listDue(now(), MAILS_PER_SWEEP)) {
      signal.throwIfAborted();
      jobs.enqueue({ name: "mail.send", data: { mailId } });
    }
  }

  /** Tries once to send a mail. Does nothing with one that is not due, or that another worker is sending. */
  async run(mailId: Id, signal: AbortSignal): Promise<void> {
    const { mails, smtp, outcomes, leaseMs } = this.#deps;
    if (smtp === undefined) return;
    const now = this.#deps.now();
    const mail = await mails.claim(mailId, now, new Date(now.getTime() + leaseMs));
    if (mail === null) return;
    const letter = await this.#write(mail);
    if (letter === undefined) {
      await mails.remove(mailId);
      return;
    }
    try {
      await smtp.send(letter, signal);
    } catch (error) {
      if (!(error instanceof SmtpError)) throw error;
      await this.#putBack(mail, error);
      return;
    }
    outcomes.count("sent");
    await mails.remove(mailId);
  }

  async #putBack({ _id, kind, attempts }: MailDoc, error: SmtpError): Promise<void> {
    const { mails, outcomes, log, now } = this.#deps;
    const entry = { err: error, mail: _id, kind, attempts };
    if (error.isPermanent || attempts >= MOST_ATTEMPTS) {
      outcomes.count("given-up");
      log.error(entry, "A mail was given up");
      await mails.remove(_id);
      return;
    }
    outcomes.count("failed");
    log.warn(entry, "A mail was not sent; it is tried again");
    const delayMs = FIRST_DELAY_MS * 2 ** (attempts - 1);
    await mails.setDue(_id, new Date(now().getTime() + delayMs));
  }

  /** @returns `undefined` for a mail that nobody is to get any more. */
  async #write(mail: MailDoc): Promise<Letter | undefined> {
    const { _id: id, kind, accountId, to, username, createdAt: at } = mail;
    if (kind === "link.password") return this.#writeReset(mail);
    const facts = { username: username ?? "", at };
    if (mail.versionId !== undefined) return this.#writeQuarantine(mail, mail.versionId);
    if (mail.webhookId !== undefined) return this.#writeWebhook(mail, mail.webhookId);
    if (kind === "link.use") return this.#writeUse(mail, facts);
    if (kind !== "link.email") return this.#letter({ id, to, kind }, facts);
    const token = accountId === null ? undefined : await this.#deps.emails.tokenOf(accountId, id);
    if (token === undefined) return undefined;
    return this.#letter({ id, to, kind }, { ...facts, path: `/email-verification/${token}` });
  }

  async #writeReset({ _id: id, kind, to, createdAt: at }: MailDoc): Promise<Letter | undefined> {
    const { mails, mailedResets } = this.#deps;
    const link = await mailedResets.create(to, id);
    if (link === undefined) return undefined;
    const { username } = link;
    await mails.assign(id, link);
    // Not to the address that was asked for: two that are the same for us may be those of two people.
    const facts = { username, at, path: `/password-reset/${link.token}` };
    return this.#letter({ id, kind, to: link.to }, facts);
  }

  /** The link may be gone by now. */
  async #writeUse(
    { _id: id, kind, to, linkId }: MailDoc,
    facts: Pick<MailFacts, "username" | "at">,
  ): Promise<Letter | undefined> {
    const link = linkId === undefined ? null : await this.#deps.links.findById(linkId);
    if (link === null) return undefined;
    return this.#letter({ id, kind, to }, { ...facts, label: link.label ?? "" });
  }

  /** It may have been released or removed by now. */
  async #writeQuarantine(
    { _id: id, kind, to, username, createdAt: at }: MailDoc,
    versionId: Id,
  ): Promise<Letter | undefined> {
    const { quarantined, quarantine } = this.#deps;
    const version = await quarantined.findVersion(versionId);
    const mark = version === null ? undefined : await quarantine.find(version.blobId);
    if (version === null || mark === undefined) return undefined;
    const file = (await quarantined.listFiles([version])).get(version.fileId)?.name ?? "";
    const { reason } = mark;
    return this.#letter({ id, kind, to }, { username: username ?? "", at, file, reason });
  }

  /** It may have been deleted, or switched on again, by now. */
  async #writeWebhook(
    { _id: id, kind, to, username, createdAt: at }: MailDoc,
    webhookId: Id,
  ): Promise<Letter | undefined> {
    const webhook = await this.#deps.webhooks.findById(webhookId);
    if (webhook === null) return undefined;
    const { label, url, disabledReason } = webhook;
    if (disabledReason === null) return undefined;
    const facts = { username: username ?? "", at, label: label ?? "" };
    const reason = WEBHOOK_REASONS[disabledReason];
    return this.#letter({ id, kind, to }, { ...facts, reason, origin: new URL(url).origin });
  }

  #letter(
    { id, to, kind }: { id: Id; to: string; kind: MailDoc["kind"] },
    { path = "", label = "", file = "", reason = "", origin = "", ...facts }: LetterFacts,
  ): Letter {
    const site = this.#deps.publicUrl?.origin ?? "";
    const shown = { ...facts, label, file, reason, origin, site, link: site + path };
    return { id, to, at: facts.at, ...MAIL_TEXTS[kind](shown) };
  }
}
