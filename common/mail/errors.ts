import { AppError } from "../platform/errors.js";

/** Only a mail would do, and there is no mail server. */
export class MailOffError extends AppError {
  readonly code = "mail-off";
  constructor() {
    super("This server sends no mails; ask an admin of it for a link");
  }
}
