import type { MailKind } from "./mail.js";

/** What a mail says. */
export interface MailText {
  readonly subject: string;
  readonly text: string;
}

/** What the texts name. */
export interface MailFacts {
  readonly username: string;
  /** When it happened. */
  readonly at: Date;
  /** Where the server is: `PUBLIC_URL` without a slash at its end. */
  readonly site: string;
  /** The whole URL of the link, in mails that have one. */
  readonly link: string;
  /** What the owner calls the link or webhook that the mail is about; empty for nothing. */
  readonly label: string;
  /** The file that the mail is about; empty for nothing. */
  readonly file: string;
  /** Why that is in quarantine, or the webhook switched off; empty for nothing. */
  readonly reason: string;
  /** Where the webhook that the mail is about leads: scheme, host and port. The rest of its URL may be a secret. Empty for nothing. */
  readonly origin: string;
}

type Template = (facts: MailFacts) => MailText;

/** A mail about something that was done. */
const notice =
  (subject: string, what: string, remedy = RESET): Template =>
  (facts) => ({
    subject,
    text: lines([
      what,
      `Account: ${facts.username}`,
      `Server: ${facts.site}`,
      `Time: ${minuteOf(facts.at)}`,
      "",
      `If this was not you: ${remedy}`,
    ]),
  });

const RESET =
  "sign in, change your password, and end the sessions and API keys that you do not know. If you cannot sign in, ask an admin of the server.";
const ASK = "ask an admin of the server at once.";

/** Every mail as plain text. A kind without its text does not compile. */
export const MAIL_TEXTS: Readonly<Record<MailKind, Template>> = {
  "link.email": ({ username, site, link }) => ({
    subject: "Confirm your e-mail address",
    text: lines([
      `The account ${username} at ${site} wants to use this e-mail address. Confirm it here:`,
      "",
      link,
      "",
      "The link is valid for 24 hours, and works once.",
      "If you did not ask for this, do nothing: the address is not used then.",
    ]),
  }),
  "link.password": ({ username, site, link }) => ({
    subject: "Set a new password",
    text: lines([
      `Somebody has asked for a new password for the account ${username} at ${site}. Set it here:`,
      "",
      link,
      "",
      "The link is valid for 24 hours, and works once.",
      "If you did not ask for this, do nothing: your password stays as it is.",
    ]),
  }),
  "link.use": ({ username, site, label, at }) => ({
    subject: "Your link was used",
    text: lines([
      "One of your links was used for the first time.",
      ...(label === "" ? [] : [`Link: ${label}`]),
      `Account: ${username}`,
      `Server: ${site}`,
      `Time: ${minuteOf(at)}`,
      "",
      "You get this mail because the link was made so that it tells you. There is none for further uses: the log of the link has them.",
    ]),
  }),
  "file.quarantine": ({ username, site, file, reason, at }) => ({
    subject: "A file of yours is in quarantine",
    text: lines([
      "The virus scanner found something in a file of yours, or could not look into it. Nobody is given its content any more.",
      `File: ${file}`,
      `Found: ${reason}`,
      `Account: ${username}`,
      `Server: ${site}`,
      `Time: ${minuteOf(at)}`,
      "",
      "You can delete the file. If you think that this is a mistake, ask an admin of the server: an admin can release it.",
    ]),
  }),
  "quarantine.add": ({ username, site, reason, at }) => ({
    subject: "Content was put into quarantine",
    text: lines([
      "The virus scanner found something in content that was uploaded, or could not look into it.",
      `Found: ${reason}`,
      `Account: ${username}`,
      `Server: ${site}`,
      `Time: ${minuteOf(at)}`,
      "",
      "You get this mail because you are an admin. GET /api/v1/admin/quarantine lists what is in quarantine.",
    ]),
  }),
  "webhook.disable": ({ username, site, label, origin, reason, at }) => ({
    subject: "A webhook was switched off",
    text: lines([
      reason,
      ...(label === "" ? [] : [`Webhook: ${label}`]),
      `Sent to: ${origin}`,
      `Account: ${username}`,
      `Server: ${site}`,
      `Time: ${minuteOf(at)}`,
      "",
      "What was not delivered waits. When the endpoint works again, switch the webhook on: PATCH /api/v1/webhooks/{id}, or /api/v1/admin/webhooks/{id} for one of the server.",
    ]),
  }),
  "account.delete": notice(
    "Your account will be deleted",
    "Your account is going to be deleted, with all files in it. Its server says for how long it can be restored.",
    "restore the account with its username and password, then change the password. If you cannot, ask an admin of the server.",
  ),
  "api-key.create": notice("New API key", "A new API key of your account was made."),
  "email.change": notice(
    "Your e-mail address was changed",
    "This is no longer the e-mail address of your account. You get no more mails here.",
    ASK,
  ),
  "email.request": notice(
    "Your e-mail address is being changed",
    "Somebody has asked for another e-mail address for your account. It counts as soon as it is confirmed.",
  ),
  "password.change": notice(
    "Your password was changed",
    "The password of your account was changed.",
  ),
  "password.reset": notice(
    "Your password was reset",
    "A link was used to set a new password for your account. All its sessions have ended.",
    ASK,
  ),
  "second-factor.add": notice("Second factor added", "A second factor was added to your account."),
  "second-factor.remove": notice(
    "Second factor removed",
    "A second factor was removed from your account.",
  ),
  "username.change": notice(
    "Your username was changed",
    "The username of your account was changed. Its sessions have ended, except the one that changed it.",
  ),
};

const minuteOf = (at: Date) => `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;

const lines = (texts: readonly string[]) => `${texts.join("\n")}\n`;
