import type { ClientTrace, CredentialKind } from "../credentials/credential.js";
import type { Id } from "../platform/ids.js";

/** What is written into the audit log. A new act gets a new word here. */
export const AUDIT_ACTIONS = [
  "account.create",
  "account.delete",
  "account.purge",
  "account.restore",
  "account.export",
  "oidc.link",
  "oidc.unlink",
  "email.change",
  "email.verify",
  "username.change",
  "version-rules.change",
  "password.change",
  "account.change",
  "account.sign-out",
  "password-reset.create",
  "password.reset",
  "invitation.create",
  "invitation.revoke",
  "passkey.change",
  "passkey.create",
  "passkey.delete",
  "passkey.start",
  "recovery-codes.create",
  "second-factor.delete",
  "session.create",
  "session.end",
  "session.end-others",
  "token.create",
  "token.refresh",
  "token.end",
  "api-key.create",
  "api-key.change",
  "api-key.revoke",
  "link.create",
  "link.change",
  "link.revoke",
  "webhook.create",
  "webhook.change",
  "webhook.delete",
  "webhook.disable",
  "webhook.replay",
  "webhook-secret.create",
  "share.give",
  "share.change",
  "share.end",
  "group.create",
  "group.change",
  "group.delete",
  "mount.delete",
  "file.delete",
  "version.delete",
  "folder.delete",
  "trash.delete",
  "trash.empty",
  "totp.create",
  "totp.delete",
  "totp.start",
  "upload.cancel",
  "job.retry",
  "job.discard",
  "fsck.start",
  "fsck.cancel",
  "quarantine.add",
  "quarantine.download",
  "quarantine.release",
  "quarantine.delete",
  "queue.pause",
  "queue.resume",
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** What something was done to. */
export interface AuditTarget {
  readonly kind: string;
  readonly id: string;
}

/**
 * One line of the audit log: who did what to what, from where, with which credential. It has no secrets, and no names of files or folders. It is
 * never changed, except that a deleted account's id is replaced by another one, and is removed when `AUDIT_RETENTION_DAYS` are over.
 */
export interface AuditEvent {
  readonly at: Date;
  readonly action: AuditAction;
  /**
   * Whose log it is in: the account that did it, that it was tried with, or that an admin did it to. `null` where no account is known.
   */
  readonly accountId: Id | null;
  /** Who did it; `null` for one who is not signed in, and for commands of the operator. */
  readonly actor: {
    readonly accountId: Id;
    readonly credentialKind: CredentialKind;
    readonly credentialId: string;
  } | null;
  readonly target: AuditTarget | null;
  readonly outcome: "success" | "failure";
  /** The code of the problem, for a failure. */
  readonly reason: string | null;
  /** `null` for commands of the operator. */
  readonly client: ClientTrace | null;
  /** Finds the lines of the request in the process's log; `null` for commands. */
  readonly requestId: Id | null;
  /** What was changed: the old value and the new one. */
  readonly changes: Readonly<Record<string, readonly [unknown, unknown]>> | null;
}

/** What a command of the operator has done to an account. */
export function operatorEvent(
  action: AuditAction,
  accountId: Id,
  changes: AuditEvent["changes"] = null,
): Omit<AuditEvent, "at"> {
  return {
    action,
    accountId,
    actor: null,
    target: { kind: "account", id: accountId },
    outcome: "success",
    reason: null,
    client: null,
    requestId: null,
    changes,
  };
}
