import type { Db } from "mongodb";
import { AccountsAdminRepository } from "./admin-repository.js";
import { AccountAdministration } from "./administration.js";
import { GuessesRepository } from "./guesses-repository.js";
import { Guesses } from "./guesses.js";
import { CommonPasswords } from "./common-passwords.js";
import { NewPasswords } from "./new-passwords.js";
import { NO_FACTOR_SETTINGS, openFactors, type OpenFactors } from "../factors/open.js";
import { PasskeySignIn } from "./passkey-sign-in.js";
import { Passwords } from "./passwords.js";
import { Reauthentication } from "./reauthentication.js";
import { AccountsRepository } from "./repository.js";
import { VersionRulesRepository } from "./rules-repository.js";
import { SecondStep } from "./second-step.js";
import { Accounts } from "./service.js";
import type { AccountSettings } from "./settings.js";

interface Options {
  readonly db: Db;
  readonly settings: AccountSettings;
  readonly factors: Pick<OpenFactors, "secondFactor" | "passkeys">;
  readonly now: () => Date;
}

/** Opens the accounts. */
export function openAccounts({ db, settings, factors, now }: Options) {
  const passwords = new Passwords({
    memoryKib: settings.passwordHashMemoryKib,
    iterations: settings.passwordHashIterations,
    maxConcurrent: settings.maxConcurrentPasswordHashes,
    waitMs: settings.passwordHashWaitMs,
  });
  const newPasswords = new NewPasswords({ passwords, common: CommonPasswords.read() });
  const { defaultQuotaBytes } = settings;
  const { secondFactor, passkeys } = factors;
  const accounts = new AccountsRepository(db);
  const guesses = openGuesses({ db, settings, accounts, now });
  const administration = new AccountAdministration({
    accounts: new AccountsAdminRepository(db),
    now,
  });
  return {
    passwords,
    newPasswords,
    guesses,
    accounts: new Accounts({
      ...{ accounts, passwords, newPasswords },
      ...{ secondFactor, guesses, defaultQuotaBytes, now },
    }),
    secondStep: new SecondStep({ accounts, secondFactor, guesses }),
    passkeySignIn: new PasskeySignIn({ accounts, passkeys, guesses, now }),
    accountAdministration: administration,
    versionRules: new VersionRulesRepository(db),
    reauthentication: new Reauthentication({ accounts, passwords, secondFactor, guesses, now }),
  };
}

/** Opens the accounts for a command of the operator, which knows no secrets and signs nobody in. */
export function openAccountsOfCommand({ db, settings, now }: Omit<Options, "factors">) {
  const factors = openFactors({ db, settings: NO_FACTOR_SETTINGS, now });
  return { ...openAccounts({ db, settings, factors, now }), enrolment: factors.enrolment };
}

interface GuessesParts extends Omit<Options, "factors"> {
  readonly accounts: AccountsRepository;
}

function openGuesses({ db, settings, accounts, now }: GuessesParts): Guesses {
  return new Guesses({
    accounts,
    attempts: new GuessesRepository(db),
    limits: {
      freeFailures: settings.freeSignInFailures,
      freeFailuresPerAccount: settings.freeSignInFailuresPerAccount,
      freeFailuresPerAddress: settings.freeSignInFailuresPerAddress,
      longestDelayMs: settings.longestSignInDelayMs,
    },
    now,
  });
}
