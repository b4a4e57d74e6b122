import { createHmac } from "node:crypto";
import type { Id } from "../platform/ids.js";

/**
 * The secrets of links in mails: 43 characters of base64url, derived from a secret of the configuration and the id of the mail. So web and worker
 * compute the same one. The database alone is not enough to compute it.
 */
export class MailLinks {
  readonly #secrets: readonly string[];

  /** @param secrets - `MAIL_SECRETS`: the first makes links. */
  constructor(secrets: readonly string[]) {
    this.#secrets = secrets;
  }

  /** The secret of a new link. @throws Error where there are no secrets, which the settings refuse where mails are sent. */
  newest(mailId: Id): string {
    const [secret] = this.#secrets;
    if (secret === undefined) throw new Error("There are no secrets for links in mails");
    return derive(secret, mailId);
  }

  /** Those that the link of a mail may have, if it was made before the secrets changed. */
  all(mailId: Id): readonly string[] {
    return this.#secrets.map((secret) => derive(secret, mailId));
  }
}

const derive = (secret: string, mailId: Id) =>
  createHmac("sha256", secret).update(`stowage link in a mail\0${mailId}`).digest("base64url");
