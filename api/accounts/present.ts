import type { Account } from "../../common/accounts/account.js";
import type { VersionRules } from "../../common/accounts/version-rules.js";

/** An account as its owner sees it. */
export function presentAccount(account: Account) {
  const { id, username, role, email, isEmailVerified, pendingEmail, createdAt } = account;
  const { versionRules, usage } = account;
  const { bytes, reservedBytes, files, limitBytes } = usage;
  return {
    id,
    username,
    role,
    email,
    isEmailVerified,
    pendingEmail,
    createdAt: createdAt.toISOString(),
    versionRules,
    usage: { bytes, reservedBytes, files, limitBytes },
  };
}

/**
 * An account as its owner asks for it: with the rules that count.
 *
 * @param defaultRules - Those of the installation.
 */
export function presentProfile(account: Account, defaultRules: VersionRules) {
  const effectiveVersionRules = account.versionRules ?? defaultRules;
  return { ...presentAccount(account), effectiveVersionRules };
}
