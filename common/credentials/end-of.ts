import type { CredentialDoc } from "./credential.js";

/** When a credential ends if it is not used any more. A configuration that has become stricter counts for older ones too. */
export function endOf(
  { createdAt, expiresAt }: Pick<CredentialDoc, "createdAt" | "expiresAt">,
  lifetimeMs: number,
): Date {
  const last = new Date(createdAt.getTime() + lifetimeMs);
  return expiresAt === null || last < expiresAt ? last : expiresAt;
}
