import type { Id } from "../platform/ids.js";

/** What somebody is told of, at the verified address of the account. */
export const NOTICES = [
  "account.delete",
  "api-key.create",
  "email.change",
  "email.request",
  "password.change",
  "password.reset",
  "second-factor.add",
  "second-factor.remove",
  "username.change",
] as const;
export type Notice = (typeof NOTICES)[number];

/** Which mails there are: notices, those with a link, that a link to a file or folder was used, that content is in quarantine, and that a webhook was switched off. */
export type MailKind =
  | Notice
  | "link.email"
  | "link.password"
  | "link.use"
  | "file.quarantine"
  | "quarantine.add"
  | "webhook.disable";

/** A mail that is to be sent. It has neither text nor secret: the worker writes it when it sends it. */
export interface MailDoc {
  readonly _id: Id;
  readonly kind: MailKind;
  /** `null` while it is not known whose address it is. */
  readonly accountId: Id | null;
  /** The address. */
  readonly to: string;
  /** As it was when the mail was asked for; `null` while it is not known. */
  readonly username: string | null;
  /** The link to a file or folder that it is about. Missing for others. */
  readonly linkId?: Id;
  /** The content in quarantine that it is about. Missing for others. */
  readonly versionId?: Id;
  /** The webhook that it is about. Missing for others. */
  readonly webhookId?: Id;
  readonly createdAt: Date;
  /** Not before this does a worker try. */
  readonly dueAt: Date;
  /** How often it was tried. */
  readonly attempts: number;
  /** When MongoDB removes it, whatever became of it. */
  readonly expiresAt: Date;
}

/** A mail that is to be written down. */
export type NewMail = Pick<
  MailDoc,
  "kind" | "accountId" | "to" | "username" | "linkId" | "versionId" | "webhookId"
>;
