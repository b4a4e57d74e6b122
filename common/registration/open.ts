import type { Db } from "mongodb";
import { AccountsRepository } from "../accounts/repository.js";
import type { Accounts } from "../accounts/service.js";
import type { AccountAdministration } from "../accounts/administration.js";
import type { SessionSettings } from "../credentials/settings.js";
import { Setup } from "./setup.js";
import type { AccountSettings } from "../accounts/settings.js";
import type { Logger } from "../platform/log.js";
import { Invitations } from "./invitations.js";
import { InvitationsRepository } from "./repository.js";
import { Registration } from "./service.js";
import type { RegistrationSettings } from "./settings.js";
import { Usernames } from "./usernames.js";

interface Options {
  readonly db: Db;
  readonly settings: RegistrationSettings &
    Pick<AccountSettings, "defaultQuotaBytes"> &
    Pick<SessionSettings, "sessionSecrets">;
  readonly accounts: Accounts;
  readonly accountAdministration: AccountAdministration;
  readonly log: Logger;
  readonly now: () => Date;
}

/** Opens registration and the invitations. */
export function openRegistration(options: Options) {
  const { db, settings, accounts, accountAdministration, log, now } = options;
  const { registration, adminUsername, defaultQuotaBytes, sessionSecrets } = settings;
  const repository = new InvitationsRepository(db);
  const invitations = new Invitations({
    invitations: repository,
    accounts,
    defaultQuotaBytes,
    log,
    now,
  });
  const service = new Registration({ accounts, invitations, registration, adminUsername });
  return {
    invitations,
    usernames: new Usernames({ accounts: new AccountsRepository(db), adminUsername, now }),
    registration: service,
    setup: new Setup({
      accountAdministration,
      invitations: repository,
      registration: service,
      sessionSecrets,
      defaultQuotaBytes,
      now,
    }),
  };
}
