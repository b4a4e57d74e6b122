import type { Db } from "mongodb";
import { Passwords } from "./passwords.js";
import { AccountsRepository } from "./repository.js";
import { Accounts } from "./service.js";
import type { AccountSettings } from "./settings.js";

interface Options {
  readonly db: Db;
  readonly settings: AccountSettings;
  readonly now: () => Date;
}

/** Opens the accounts. */
export function openAccounts({ db, settings, now }: Options): Accounts {
  const passwords = new Passwords({
    memoryKib: settings.passwordHashMemoryKib,
    iterations: settings.passwordHashIterations,
    maxConcurrent: settings.maxConcurrentPasswordHashes,
  });
  const { defaultQuotaBytes } = settings;
  return new Accounts({ accounts: new AccountsRepository(db), passwords, defaultQuotaBytes, now });
}
