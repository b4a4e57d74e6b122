import { isDeepStrictEqual } from "node:util";
import type { Account } from "../../common/accounts/account.js";
import type { AccountChange } from "../../common/accounts/admin-repository.js";
import type { AuditEvent } from "../../common/audit/event.js";
import type { QuarantinedContent } from "../../common/quarantine/service.js";
import type { FailedJob } from "../../common/queue/failed-job.js";
import type { Invitation } from "../../common/registration/invitation.js";
import type { OpenUpload } from "../../common/uploads/administration.js";
import { presentAccount } from "../accounts/present.js";

/** An account as admins see it. */
export function presentManagedAccount(account: Account) {
  const { isDisabled, deletion } = account;
  const purgeAt = deletion?.purgeAt.toISOString() ?? null;
  return { ...presentAccount(account), isDisabled, purgeAt };
}

/** What a change has made different, for the audit log: the old value and the new one. */
export function changesOf(
  { role, isDisabled, versionRules, usage }: Account,
  change: AccountChange,
): NonNullable<AuditEvent["changes"]> {
  const before = { role, isDisabled, versionRules, limitBytes: usage.limitBytes };
  const pairs = (["role", "isDisabled", "limitBytes", "versionRules"] as const)
    .map((field) => [field, [before[field], change[field]]] as const)
    .filter(([, [from, to]]) => to !== undefined && !isDeepStrictEqual(to, from));
  return Object.fromEntries(pairs);
}

/** An upload as admins see it: no names. */
export function presentOpenUpload({ createdAt, expiresAt, ...upload }: OpenUpload) {
  return {
    ...upload,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
  };
}

/** A job that was given up, as admins see it. */
export function presentFailedJob({ job, firstFailedAt, lastFailedAt, ...failure }: FailedJob) {
  return {
    ...failure,
    name: job.name,
    state: "failed",
    data: job.data,
    firstFailedAt: firstFailedAt.toISOString(),
    lastFailedAt: lastFailedAt.toISOString(),
  };
}

/** Content in quarantine, as admins see it. */
export function presentQuarantined({ version, file }: QuarantinedContent) {
  const { _id: id, ownerId, fileId, sizeBytes, sha256, type, quarantine } = version;
  const { reason, signature, at } = quarantine;
  return {
    ...{ id, fileId, ownerId, name: file?.name ?? null },
    ...{ sizeBytes: Number(sizeBytes), sha256, type, reason, signature },
    quarantinedAt: at.toISOString(),
    links: { content: `/api/v1/admin/quarantine/${id}/content` },
  };
}

/** An invitation as admins see it. */
export function presentInvitation(invitation: Invitation) {
  const { id, role, limitBytes, maxUses, usesLeft, createdBy, createdAt, expiresAt } = invitation;
  return {
    id,
    role,
    limitBytes,
    maxUses,
    usesLeft,
    createdBy,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
  };
}
