import type { Account, AccountDoc } from "./account.js";

/** The fields of a stored account that the rest of the product sees. */
export const SHOWN = {
  username: 1,
  role: 1,
  isDisabled: 1,
  email: 1,
  emailKey: 1,
  pendingEmail: 1,
  deletion: 1,
  createdAt: 1,
  sessionsValidFrom: 1,
  rootFolderId: 1,
  trashEmptiedAt: 1,
  versionRules: 1,
  limits: 1,
  usage: 1,
  allocatedBytes: 1,
} as const;
export type ShownFields = Pick<AccountDoc, "_id" | keyof typeof SHOWN>;

/** An account as the rest of the product sees it. */
export function toAccount(doc: ShownFields): Account {
  return {
    id: doc._id,
    username: doc.username,
    role: doc.role,
    isDisabled: doc.isDisabled,
    email: doc.email ?? null,
    isEmailVerified: doc.emailKey !== undefined,
    pendingEmail: doc.pendingEmail?.address ?? null,
    deletion: doc.deletion ?? null,
    createdAt: doc.createdAt,
    sessionsValidFrom: doc.sessionsValidFrom,
    rootFolderId: doc.rootFolderId,
    trashEmptiedAt: doc.trashEmptiedAt ?? null,
    versionRules: doc.versionRules ?? null,
    usage: {
      bytes: doc.usage.bytes.toNumber(),
      reservedBytes: doc.allocatedBytes.subtract(doc.usage.bytes).toNumber(),
      files: doc.usage.files.toNumber(),
      limitBytes: doc.limits.bytes?.toNumber() ?? null,
    },
  };
}
