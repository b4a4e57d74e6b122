import type { Db } from "mongodb";
import { DeletionRepository } from "./accounts/deletion-repository.js";
import { AccountDeletions } from "./accounts/deletions.js";
import { openAccounts } from "./accounts/open.js";
import type { AccountSettings } from "./accounts/settings.js";
import { PasswordResetsRepository } from "./accounts/reset-repository.js";
import { EmailsRepository } from "./accounts/email-repository.js";
import { MailedResets } from "./administration/mailed-resets.js";
import { PasswordResets } from "./administration/password-resets.js";
import { openAudit, openAuditListing, openNotices } from "./audit/open.js";
import type { AuditSettings } from "./audit/settings.js";
import { type CredentialSettings, openCredentials } from "./credentials/open.js";
import { openOutbox } from "./mail/open.js";
import type { MailSettings } from "./mail/settings.js";
import { Emails } from "./registration/emails.js";
import { openRegistration } from "./registration/open.js";
import type { RegistrationSettings } from "./registration/settings.js";
import { openOidc } from "./oidc/open.js";
import type { OidcSettings } from "./oidc/settings.js";
import { openFactors } from "./factors/open.js";
import type { FactorSettings } from "./factors/settings.js";
import type { DeferredWork } from "./platform/deferred-work.js";
import type { Logger } from "./platform/log.js";
import type { JobProducer } from "./queue/producer.js";

export type IdentitySettings = AccountSettings &
  AuditSettings &
  CredentialSettings &
  FactorSettings &
  MailSettings &
  OidcSettings &
  RegistrationSettings & {
    /** `PUBLIC_URL`. */
    readonly publicUrl: URL | undefined;
  };

interface Options {
  readonly db: Db;
  readonly settings: IdentitySettings;
  readonly jobs: JobProducer;
  readonly deferred: DeferredWork;
  readonly log: Logger;
  readonly now: () => Date;
}

/** Who may come in, with what, and what is written down of it. */
export function openIdentity(options: Options) {
  const factors = openFactors(options);
  const opened = openAccounts({ ...options, factors });
  const { accounts, accountAdministration, newPasswords } = opened;
  const credentials = openCredentials({ ...options, accounts });
  const { db, settings, jobs, now } = options;
  return {
    ...factors,
    ...opened,
    accountDeletions: new AccountDeletions({
      accounts,
      administration: accountAdministration,
      deletions: new DeletionRepository(db),
      jobs,
      graceMs: settings.accountDeletionGraceMs,
      now,
    }),
    ...openMailed(options),
    auditListing: openAuditListing(db),
    ...credentials,
    passwordResets: new PasswordResets({
      resets: new PasswordResetsRepository(db),
      newPasswords,
      credentials: credentials.credentials,
      now,
    }),
    ...openOidc({ db, settings, administration: accountAdministration, now }),
    ...openRegistration({ ...options, accounts, accountAdministration }),
  };
}

/** What people are sent by mail. */
function openMailed(options: Options) {
  const { db, log, now } = options;
  const { outbox, mailLinks: links } = openOutbox(options);
  const emails = new EmailsRepository(db);
  const resets = new PasswordResetsRepository(db);
  return {
    outbox,
    audit: openAudit({ ...options, notices: openNotices({ db, outbox, log }) }),
    emails: new Emails({ emails, outbox, links, now }),
    mailedResets: new MailedResets({ resets, outbox, links, now }),
  };
}
