import type { Scope } from "../accounts/role.js";
import { isRangeIn } from "./address-ranges.js";

/** What an owner decides about a key, and may change later. `null` is no limit. */
export interface ApiKeyTerms {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt: Date | null;
  /** In CIDR notation, as `parseAddressRange` gives them. */
  readonly addressRanges: readonly string[] | null;
}

/** Whether a change lets an API key do more, for longer, or from elsewhere. */
export function isWider(before: ApiKeyTerms, changes: Partial<ApiKeyTerms>): boolean {
  const { scopes, expiresAt, addressRanges } = { ...before, ...changes };
  return (
    scopes.some((scope) => !before.scopes.includes(scope)) ||
    isLater(expiresAt, before.expiresAt) ||
    isLarger(addressRanges, before.addressRanges)
  );
}

const isLater = (expiresAt: Date | null, before: Date | null) =>
  before !== null && (expiresAt === null || expiresAt > before);

const isLarger = (ranges: readonly string[] | null, before: readonly string[] | null) =>
  before !== null && (ranges === null || ranges.some((range) => !isRangeIn(range, before)));
