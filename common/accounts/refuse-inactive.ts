import type { Account } from "./account.js";
import { AccountDeletedError, AccountDisabledError } from "./errors.js";

/**
 * Refuses a sign-in whose proof was right.
 *
 * @param options - `isRestoring`: whether its owner wants to restore an account that is to be deleted. Default: not.
 * @throws {@link AccountDeletedError}, {@link AccountDisabledError}
 */
export function refuseInactive(
  { id, isDisabled, deletion }: Account,
  { isRestoring = false }: { readonly isRestoring?: boolean } = {},
): void {
  if (deletion?.by === "owner") {
    if (isRestoring) return;
    throw new AccountDeletedError(id, deletion);
  }
  if (isDisabled) throw new AccountDisabledError(id);
}
