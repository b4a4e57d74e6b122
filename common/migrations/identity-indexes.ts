import type { IndexDescription } from "mongodb";
import { deletionIndexes } from "../accounts/deletion-repository.js";
import { signInAttemptIndexes } from "../accounts/guesses-repository.js";
import { accountIndexes } from "../accounts/repository.js";
import { auditIndexes } from "../audit/repository.js";
import { credentialIndexes } from "../credentials/repository.js";
import { mailIndexes } from "../mail/repository.js";
import { oidcIndexes } from "../oidc/repository.js";
import { quotaIndexes } from "../quota/repository.js";
import { invitationIndexes } from "../registration/repository.js";

/** The indexes of what is known of people. */
export const identityIndexes = {
  accounts: [...accountIndexes, ...deletionIndexes, ...quotaIndexes],
  signInAttempts: signInAttemptIndexes,
  auditEvents: auditIndexes,
  credentials: credentialIndexes,
  invitations: invitationIndexes,
  mails: mailIndexes,
  oidcIdentities: oidcIndexes,
} satisfies Readonly<Record<string, readonly IndexDescription[]>>;
