import type { Account } from "../../common/accounts/account.js";

/** An account as its owner sees it. */
export function presentAccount({ id, username, createdAt, usage }: Account) {
  const { bytes, reservedBytes, files, limitBytes } = usage;
  return {
    id,
    username,
    createdAt: createdAt.toISOString(),
    usage: { bytes, reservedBytes, files, limitBytes },
  };
}
